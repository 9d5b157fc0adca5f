using System.Runtime.InteropServices;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>A session's packets over a WebSocket, each a message: from the beginning, or first as a probe that is to take over.</summary>
internal sealed class WebSocketTransport(EngineServer server, LiveSession session, DeflateParameters? deflate, bool isProbe)
    : ISessionTransport, IWebSocketHandler, IFrameSource
{
    private static readonly byte[] ProbePong = EnginePacketWriter.Frame(EnginePacketType.Pong, "probe"u8);

    // Whose packets go over it; a probe's go by polling still.
    private volatile LiveSession? source = isProbe ? null : session;
    private volatile bool blocked;

    // Whether the handler has been told a message of this read.
    private bool delivering;

    // A probe's answer waits; it is what was peeked.
    private byte[]? answer;
    private bool peekedAnswer;

    public bool IsWritable => !blocked;

    /// <summary>Whether compressed frames may go out. Not to clients with a window of their own: a format more for each namespace and
    /// revision would be much for the few there are, and they may be sent frames as they are.</summary>
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
    public void End(string reason) => Close();

    /// <summary>Becomes the session's transport: takes from it from now on.</summary>
    public void Activate() => source = session;

    ValueTask IWebSocketHandler.OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        // Decoded where it lies, in the receive buffer: nobody reads a message twice.
        var bytes = MemoryMarshal.AsMemory(payload);
        var error = type == MessageType.Text
            ? EnginePacket.ReadText(session.Version, bytes, out var packet)
            : EnginePacket.ReadBinary(session.Version, bytes, out packet);
        if (source is null) return ProbeAsync(error is null ? packet : default);
        if (error is not null)
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

    void IWebSocketHandler.OnEnding() => EndSession(DisconnectReason.TransportClose);

    void IWebSocketHandler.OnFailed(Exception exception) =>
        EngineLog.HandlerFailed(server.Logger, session.Handshake.RemoteAddress, exception);

    void IWebSocketHandler.OnClosed(ushort code, string reason)
    {
        server.Connections.Remove(Connection);
        // Of a client's own close frame the code says nothing about what it sent.
        var isBroken = !Connection.IsClosedCleanly
            && code is CloseCodes.ProtocolError or CloseCodes.InvalidPayload or CloseCodes.MessageTooBig or CloseCodes.InternalError;
        EndSession(isBroken ? DisconnectReason.TransportError : DisconnectReason.TransportClose);
    }

    ReadOnlyMemory<byte> IFrameSource.Peek()
    {
        blocked = false;
        peekedAnswer = Volatile.Read(ref answer) is not null;
        if (peekedAnswer) return Interlocked.Exchange(ref answer, null);
        return source is { } active ? active.Peek() : default;
    }

    void IFrameSource.Advance(int count)
    {
        if (!peekedAnswer) source?.Advance(count);
    }

    void IFrameSource.Blocked()
    {
        blocked = true;
        source?.Handler.Blocked();
    }

    bool IFrameSource.TryAppend(ReadOnlySpan<byte> frame) => source?.Handler.TryAppend(frame) == true;
    void IFrameSource.Complete() => source?.Handler.Complete();
    void IFrameSource.Close() => source?.CloseSource();

    private ValueTask ProbeAsync(in EnginePacket packet)
    {
        if (packet.Type == EnginePacketType.Upgrade) return UpgradeAsync();
        if (packet.IsProbe)
        {
            session.Polling?.Probed(this);
            Volatile.Write(ref answer, ProbePong);
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

    private void EndSession(string reason)
    {
        if (source is not null) session.End(reason);
        else session.Polling?.EndProbe(this);
    }
}
