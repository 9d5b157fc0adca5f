using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

/// <summary>A connection in either role that echoes as a door does: what a read brought in is answered at its end.</summary>
internal sealed class AutobahnEcho : IWebSocketHandler
{
    private readonly QueueSource source = new();
    private readonly WebSocketConnection connection;
    private readonly bool isServer;

    public AutobahnEcho(WebSocketRole role, MessageReaderOptions options)
    {
        isServer = role == WebSocketRole.Server;
        connection = new WebSocketConnection(Duplex, role, new MessageReader(role, options), source, this, new ConnectionOptions());
        connection.Start();
    }

    public ScriptedDuplex Duplex { get; } = new();

    public int TimesClosed { get; private set; }

    /// <summary>What has been sent, unmasked by hand where it was masked, which a client must and a server must not do.</summary>
    public byte[] Sent => isServer ? Duplex.Sent : Unmasked(Duplex.Sent);

    public ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        var frame = new byte[FrameWriter.HeaderSize(payload.Length, !isServer) + payload.Length];
        FrameWriter.Write(frame, type == MessageType.Text ? Opcode.Text : Opcode.Binary, payload.Span, mask: isServer ? null : 0x9ABCDEF0u);
        source.Add(frame);
        return default;
    }

    public void OnReadCompleted() => connection.Flush();

    public void OnEnding()
    {
    }

    public void OnClosed(ushort code, string reason) => TimesClosed++;

    public void OnFailed(Exception exception) => Assert.Fail(exception.ToString());

    private static byte[] Unmasked(byte[] bytes)
    {
        var plain = new List<byte>(bytes.Length);
        for (var at = 0; at < bytes.Length;)
        {
            Assert.Equal(0x80, bytes[at + 1] & 0x80);
            var size = bytes[at + 1] & 0x7F;
            var head = size < 126 ? 2 : size == 126 ? 4 : 10;
            if (size >= 126) size = (int)Convert.ToInt64(Convert.ToHexString(bytes, at + 2, head - 2), 16);
            plain.AddRange(RawFrame.Head(bytes[at] & 0x0F, size));
            plain[^RawFrame.Head(0, size).Length] = bytes[at];
            var key = bytes.AsSpan(at + head, 4);
            var payload = bytes.AsSpan(at + head + 4, size).ToArray();
            for (var i = 0; i < size; i++) payload[i] ^= key[i % 4];
            plain.AddRange(payload);
            at += head + 4 + size;
        }
        return [.. plain];
    }
}
