namespace Kodama.WebSockets.Tests;

/// <summary>A server's connection over a scripted transport.</summary>
internal sealed class ConnectionFixture
{
    public ConnectionFixture(ConnectionOptions? options = null, DeflateParameters? deflate = null)
    {
        var reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default, deflate);
        Connection = new WebSocketConnection(Duplex, WebSocketRole.Server, reader, Source, Handler, options ?? new ConnectionOptions());
    }

    public ScriptedDuplex Duplex { get; } = new();

    public QueueSource Source { get; } = new();

    public RecordingHandler Handler { get; } = new();

    public WebSocketConnection Connection { get; }

    public static byte[] Frame(Opcode opcode, ReadOnlySpan<byte> payload, bool masked = true, bool compressed = false)
    {
        var frame = new byte[FrameWriter.HeaderSize(payload.Length, masked) + payload.Length];
        FrameWriter.Write(frame, opcode, payload, compressed: compressed, mask: masked ? 0x12345678u : null);
        return frame;
    }

    public static byte[] Close(ushort code, string reason = "", bool masked = true)
    {
        var frame = new byte[FrameWriter.MaxHeaderSize + FrameWriter.MaxControlPayload];
        return frame[..FrameWriter.WriteClose(frame, code, reason, masked ? 0x12345678u : null)];
    }
}
