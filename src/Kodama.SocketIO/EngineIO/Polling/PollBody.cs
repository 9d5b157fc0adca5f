using System.Buffers.Binary;
using System.Buffers.Text;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// The answer to one GET, put together from the frames that wait for the session. So a message is encoded once for the sockets of both
/// transports, and what waits survives an upgrade.
/// </summary>
/// <param name="version">The session's revision.</param>
/// <param name="takesBytes">Whether a v3 client takes bytes as they are.</param>
internal sealed class PollBody(EngineVersion version, bool takesBytes) : IDisposable
{
    /// <summary>U+001E, which stands between the packets of v4, as JSON never holds it unescaped.</summary>
    public const byte Separator = 0x1E;

    private PooledBytes bytes;

    /// <summary>Bytes collected so far.</summary>
    public int Length => bytes.Length;

    /// <summary>The body, once it is finished. Valid until it is disposed.</summary>
    public ReadOnlyMemory<byte> Memory => bytes.Memory;

    /// <summary>Adds whole, unmasked, uncompressed frames that this server has written.</summary>
    public void Add(ReadOnlySpan<byte> frames)
    {
        if (version == EngineVersion.V3)
        {
            // Its format depends on whether any packet is binary.
            bytes.Append(frames);
            return;
        }
        while (!frames.IsEmpty)
        {
            var opcode = TakeFrame(ref frames, out var data);
            if (opcode == Opcode.Text) AddText(data);
            else if (opcode == Opcode.Binary) AddBytes(data);
        }
    }

    /// <summary>Adds a packet of one digit.</summary>
    public void Add(EnginePacketType type)
    {
        Span<byte> frame = stackalloc byte[8];
        Add(frame[..EnginePacketWriter.WriteText(frame, type, default)]);
    }

    /// <summary>Makes what was added a body, and says of which type it is.</summary>
    /// <param name="jsonp">The JSONP client's number, or null for another client.</param>
    public string Finish(string? jsonp)
    {
        var isBinary = false;
        if (version == EngineVersion.V3) isBinary = V3Payload.Convert(ref bytes, takesBytes && jsonp is null);
        else bytes.Length--;
        if (jsonp is null) return isBinary ? "application/octet-stream" : "text/plain; charset=UTF-8";
        JsonpPayload.Wrap(ref bytes, jsonp);
        return "text/javascript; charset=UTF-8";
    }

    public void Dispose() => bytes.Return();

    /// <summary>Takes the first of such frames.</summary>
    internal static Opcode TakeFrame(ref ReadOnlySpan<byte> frames, out ReadOnlySpan<byte> data)
    {
        var opcode = (Opcode)(frames[0] & 0xF);
        var length = frames[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(frames[2..]),
            127 => checked((int)BinaryPrimitives.ReadInt64BigEndian(frames[2..])),
            _ => frames[1],
        };
        var header = FrameWriter.HeaderSize(length, masked: false);
        data = frames.Slice(header, length);
        frames = frames[(header + length)..];
        return opcode;
    }

    private void AddText(ReadOnlySpan<byte> packet)
    {
        var room = Reserve(packet.Length + 1);
        packet.CopyTo(room);
        room[packet.Length] = Separator;
    }

    private void AddBytes(ReadOnlySpan<byte> data)
    {
        var length = Base64.GetMaxEncodedToUtf8Length(data.Length);
        var room = Reserve(1 + length + 1);
        room[0] = (byte)'b';
        Base64.EncodeToUtf8(data, room[1..], out _, out _);
        room[1 + length] = Separator;
    }

    private Span<byte> Reserve(int count)
    {
        var at = bytes.Length;
        bytes.EnsureCapacity(at + count);
        bytes.Length = at + count;
        return bytes.Span[at..];
    }
}
