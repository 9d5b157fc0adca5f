using System.Buffers.Text;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>The answer to one GET, put together from the frames that wait for the session. So a message is encoded once for the sockets of
/// both transports, and what waits survives an upgrade.</summary>
/// <param name="version">The session's revision.</param>
/// <param name="takesBytes">Whether a v3 client takes bytes as they are.</param>
internal sealed class PollBody(EngineVersion version, bool takesBytes) : IDisposable
{
    /// <summary>U+001E, which stands between the packets of v4, as JSON never holds it unescaped.</summary>
    public const byte Separator = 0x1E;

    private PooledBytes bytes;

    public int Length => bytes.Length;

    /// <summary>The body, once it is finished. Valid until it is disposed.</summary>
    public ReadOnlyMemory<byte> Memory => bytes.Memory;

    /// <summary>Adds whole, unmasked, uncompressed frames that this server has written.</summary>
    public void Add(ReadOnlySpan<byte> frames)
    {
        // The format of v3 depends on whether any packet is binary.
        if (version == EngineVersion.V3) bytes.Append(frames);
        while (version == EngineVersion.V4 && !frames.IsEmpty)
        {
            if (TakeFrame(ref frames, out var data)) AppendBase64(ref bytes, "b"u8, data);
            else bytes.Append(data);
            bytes.Append([Separator]);
        }
    }

    public void Add(EnginePacketType type) => Add(EnginePacketWriter.Frame(type));

    /// <summary>Makes what was added a body, and says of which type it is.</summary>
    /// <param name="jsonp">The JSONP client's number, or null for another client.</param>
    public string Finish(string? jsonp)
    {
        var isBytes = false;
        if (version == EngineVersion.V3) isBytes = V3Payload.Convert(ref bytes, takesBytes && jsonp is null);
        else bytes.Length--;
        if (jsonp is null) return isBytes ? "application/octet-stream" : "text/plain; charset=UTF-8";
        JsonpPayload.Wrap(ref bytes, jsonp);
        return "text/javascript; charset=UTF-8";
    }

    public void Dispose() => bytes.Return();

    /// <summary>Takes the first of such frames; true, when it is a binary one.</summary>
    public static bool TakeFrame(ref ReadOnlySpan<byte> frames, out ReadOnlySpan<byte> data)
    {
        if (!FrameHeader.TryRead(frames, WebSocketRole.Client, deflate: false, out var header, out var error))
            throw new InvalidOperationException($"What waits for a session is no frame: {error}");
        data = frames.Slice(header.Size, (int)header.PayloadLength);
        frames = frames[(header.Size + data.Length)..];
        return header.Opcode == Opcode.Binary;
    }

    public static void AppendBase64(ref PooledBytes to, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> data)
    {
        to.Append(prefix);
        var at = to.Length;
        to.EnsureCapacity(at + Base64.GetMaxEncodedToUtf8Length(data.Length));
        Base64.EncodeToUtf8(data, to.Room[at..], out _, out var length);
        to.Length = at + length;
    }
}
