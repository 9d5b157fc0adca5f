using System.Runtime.InteropServices;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>A session's packets over a WebSocket, each a message: from the beginning, or first as a probe, which is to take over from
/// polling.</summary>
internal sealed class WebSocketTransport(EngineServer server, LiveSession session, DeflateParameters? deflate, bool isProbe)
    : ISessionTransport, IWebSocketHandler, IFrameSource
{
    private static readonly byte[] ProbePong = EnginePacketWriter.Frame(EnginePacketType.Pong, "probe"u8);

    private volatile bool active = !isProbe;
    private volatile bool blocked;

    // Whether the handler has been told a message of this read.
    private bool delivering;

    // A probe's answer waits; it is what was peeked.
    private int probed;
    private bool peekedProbed;

    public EngineTransport Kind => EngineTransport.WebSocket;

    public bool IsWritable => !blocked;

    /// <summary>
    /// Whether compressed frames may go out. Not to clients with a window of their own: a format more for each namespace and revision would
    /// be much for the few there are, and they may be sent frames as they are.
    /// </summary>
    public bool TakesDeflated => deflate is { ServerMaxWindowBits: 15 } && !isProbe;

    public WebSocketConnection Connection { get; private set; } = null!;

    /// <summary>Makes the connection, before anything else is called.</summary>
    public WebSocketConnection Connect(Duplex duplex) =>
        Connection = new WebSocketConnection(
            duplex, WebSocketRole.Server,
            new MessageReader(WebSocketRole.Server, server.ReaderOptions, deflate, session.Handshake.RemoteAddress), this, this,
            server.ConnectionOptions);

    public void Flush() => Connection.Flush();

    public void Close() => Connection.Close(CloseCodes.NoStatus, "");

    public void End(EngineCloseReason reason) => Close();

    /// <summary>Becomes the session's transport: takes from it from now on.</summary>
    public void Activate() => active = true;

    ValueTask IWebSocketHandler.OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        // Decoded where it lies, in the receive buffer: nobody reads a message twice.
        var bytes = MemoryMarshal.AsMemory(payload);
        EnginePacket packet;
        var error = type == MessageType.Text
            ? EnginePacketReader.ReadText(session.Version, bytes, out packet)
            : EnginePacketReader.ReadBinary(session.Version, bytes, out packet);
        if (!active) return ProbeAsync(error, packet);
        if (error != EngineReadError.None)
        {
            session.Reject(error);
            return default;
        }
        if (packet.Type == EnginePacketType.Message && !delivering)
        {
            if (!session.TryBeginDelivery()) return default;
            delivering = true;
        }
        return session.ReceiveAsync(packet);
    }

    void IWebSocketHandler.OnReadCompleted()
    {
        if (!delivering) return;
        delivering = false;
        session.EndDelivery();
    }

    void IWebSocketHandler.OnEnding() => EndSession(EngineCloseReason.TransportClose);

    void IWebSocketHandler.OnFailed(Exception exception) =>
        EngineLog.HandlerFailed(server.Logger, session.Handshake.RemoteAddress, exception);

    void IWebSocketHandler.OnClosed(ushort code, string reason)
    {
        server.Connections.Remove(Connection);
        EndSession(code is CloseCodes.ProtocolError or CloseCodes.InvalidPayload or CloseCodes.MessageTooBig or CloseCodes.InternalError
            ? EngineCloseReason.TransportError
            : EngineCloseReason.TransportClose);
    }

    ReadOnlyMemory<byte> IFrameSource.Peek()
    {
        blocked = false;
        peekedProbed = Interlocked.Exchange(ref probed, 0) != 0;
        if (peekedProbed) return ProbePong;
        return active ? session.Peek() : default;
    }

    void IFrameSource.Advance(int count)
    {
        if (!peekedProbed) session.Advance(count);
    }

    void IFrameSource.Blocked()
    {
        blocked = true;
        if (active) session.Blocked();
    }

    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => active && session.TryAppend(frame);

    void IFrameSource.Complete()
    {
        if (active) session.Complete();
    }

    void IFrameSource.Close()
    {
        if (active) session.CloseSource();
    }

    private ValueTask ProbeAsync(EngineReadError error, in EnginePacket packet)
    {
        if (error == EngineReadError.None && packet.Type == EnginePacketType.Upgrade) return UpgradeAsync();
        if (error == EngineReadError.None && packet.Type == EnginePacketType.Ping && packet.IsProbe)
        {
            session.Polling?.Probed(this);
            Interlocked.Exchange(ref probed, 1);
            Connection.Flush();
        }
        else
        {
            session.Polling?.EndProbe(this);
            Close();
        }
        return default;
    }

    // What a POST brought is told before what comes over this.
    private async ValueTask UpgradeAsync()
    {
        if (session.Polling is { } polling && await polling.TryLeaveAsync(this)) session.Upgraded();
        else Close();
    }

    private void EndSession(EngineCloseReason reason)
    {
        if (active) session.End(reason);
        else session.Polling?.EndProbe(this);
    }
}
