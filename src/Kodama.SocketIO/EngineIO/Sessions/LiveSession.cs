using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>What carries a session's packets now. Members are thread-safe and never wait.</summary>
internal interface ISessionTransport
{
    EngineTransport Kind { get; }

    /// <summary>Whether a packet could go at once.</summary>
    bool IsWritable { get; }

    /// <summary>The session has something to send.</summary>
    void Flush();

    /// <summary>The session closes: what is left goes, and then the end.</summary>
    void Close();

    /// <summary>The session has ended: nothing is left to go, whoever waits is let go.</summary>
    void End(EngineCloseReason reason);
}

/// <summary>
/// A session: one transport after another takes from it what goes out, its own control packets and then the handler's frames, and brings
/// what comes in.
/// </summary>
/// <remarks>
/// One at a time, without a lock: a WebSocket sends and reads so by itself, polling under its own (<see cref="PollingTransport"/>), and a
/// session has one of them, which hands over once. All else is <see cref="SessionState"/>.
/// </remarks>
internal sealed class LiveSession(EngineServer server, EngineVersion version, HandshakeRequest handshake) : EngineSession, IFrameSource
{
    // A GET's answer ends here, but for the run of frames that it is in.
    private const int MostInOneBody = 256 * 1024;

    private static readonly byte[] PingFrame = EnginePacketWriter.Frame(EnginePacketType.Ping);
    private static readonly byte[] PongFrame = EnginePacketWriter.Frame(EnginePacketType.Pong);

    private IEngineHandler? handler;
    private volatile ISessionTransport transport = null!;
    private SessionState state;
    private SessionHeartbeat heartbeat = new(server.Sessions.Now);
    private long closingSince;

    // What goes before the handler's frames: one that waits need not wait twice.
    private byte[]? opening;
    private int due;
    private Control peeked;

    private volatile bool heard;
    private volatile bool answered;

    [Flags]
    private enum Control
    {
        None = 0,

        /// <summary>The open packet, and the initial one.</summary>
        Open = 1,
        Pong = 2,
        Ping = 4,
    }

    public override string Id { get; } = SocketId.New();

    public override EngineVersion Version => version;

    public override HandshakeRequest Handshake => handshake;

    public override EngineTransport Transport => transport.Kind;

    public override bool TakesDeflated => transport is WebSocketTransport { TakesDeflated: true };

    public override bool IsWritable => transport.IsWritable;

    /// <summary>The transport, while it is polling.</summary>
    public PollingTransport? Polling => transport as PollingTransport;

    /// <summary>Whether packets are being told.</summary>
    public bool IsDelivering => state.IsTelling;

    public bool IsOpen => state.IsOpen;

    public bool IsClosing => state.IsClosing;

    public bool HasEnded => state.HasEnded;

    /// <summary>Whether the client has ended it, by a packet.</summary>
    public bool EndedByClient => state.EndedByClient;

    /// <summary>Whether the client has come to something (<see cref="IEngineHandler.HasJoined"/>).</summary>
    public bool HasJoined => handler!.HasJoined;

    /// <summary>Among those that may have to make room; the registry's.</summary>
    public LinkedListNode<LiveSession>? Place { get; set; }

    /// <summary>Begins, with the open packet waiting: asks for the handler, and can be found from now on.</summary>
    public void Begin(ISessionTransport first)
    {
        transport = first;
        opening = server.OpenFrames(Id, first.Kind);
        due = (int)Control.Open;
        handler = server.Accept(this);
        server.Sessions.Add(this);
    }

    public override void Flush() => transport.Flush();

    public override void Close(EngineCloseReason reason = EngineCloseReason.ForcedClose)
    {
        if (!state.IsOpen) return;
        Volatile.Write(ref closingSince, server.Sessions.Now);
        if (!state.TryClose(reason)) return;
        transport.Close();
        // Not on the caller's thread, who may be anywhere.
        if (reason == EngineCloseReason.ServerShuttingDown)
            ThreadPool.UnsafeQueueUserWorkItem(static session => session.EndIfUnheard(), this, preferLocal: false);
    }

    /// <summary>Ends a session that closes since the server stops, unless there is a GET to tell: who does not listen now would find nobody
    /// later.</summary>
    public void EndIfUnheard()
    {
        if (state.IsClosing && state.Reason == EngineCloseReason.ServerShuttingDown && Polling is { HasGet: false })
            End(EngineCloseReason.ServerShuttingDown);
    }

    /// <summary>Ends the session now; what waits is lost. Only the first call counts, and the reason of <see cref="Close"/> before
    /// that.</summary>
    public void End(EngineCloseReason reason, bool byClient = false)
    {
        if (!state.TryEnd(reason, byClient, out var isTelling)) return;
        server.Sessions.Remove(this);
        CloseSource();
        transport?.End(state.Reason);
        if (!isTelling)
        {
            TellClosed();
            return;
        }
        Guard(static (handler, _) => handler.OnEnding());
        if (state.EndWarning()) TellClosed();
    }

    /// <summary>Looks at the clock.</summary>
    public void Tick(long now)
    {
        if (!state.TryBeginTick()) return;
        var what = LookAt(now);
        state.EndTick();
        if (what == SessionHeartbeat.Due.End) End(EngineCloseReason.PingTimeout);
        else if (what == SessionHeartbeat.Due.Ping) Send(Control.Ping);
    }

    /// <summary>Begins to tell the handler packets; <see cref="EndDelivery"/> must follow. False, when the session has ended.</summary>
    public bool TryBeginDelivery() => state.TryBeginTelling();

    /// <summary>What one read or POST brought in has been told.</summary>
    public void EndDelivery()
    {
        try
        {
            handler!.OnReadCompleted();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        if (state.EndTelling()) TellClosed();
    }

    /// <summary>A packet has come over the session's transport. One at a time, and messages between <see cref="TryBeginDelivery"/> and <see
    /// cref="EndDelivery"/>.</summary>
    public ValueTask ReceiveAsync(in EnginePacket packet)
    {
        heard = true;
        switch (packet.Type)
        {
            case EnginePacketType.Message when state.IsOpen:
                return packet.IsBinary ? handler!.OnBinaryAsync(packet.Data) : handler!.OnTextAsync(packet.Data);
            case EnginePacketType.Pong when version == EngineVersion.V4:
                answered = true;
                break;
            case EnginePacketType.Ping when version == EngineVersion.V3:
                Send(Control.Pong);
                break;
            case EnginePacketType.Ping or EnginePacketType.Pong:
                // Node's: invalid heartbeat direction.
                End(EngineCloseReason.TransportError);
                break;
        }
        return default;
    }

    /// <summary>A packet was none.</summary>
    public void Reject(EngineReadError error)
    {
        EngineLog.Malformed(server.Logger, handshake.RemoteAddress, error.Text());
        End(EngineCloseReason.ParseError);
    }

    /// <summary>The layer above could not handle something.</summary>
    public void Fail(Exception exception)
    {
        EngineLog.HandlerFailed(server.Logger, handshake.RemoteAddress, exception);
        End(EngineCloseReason.TransportError);
    }

    /// <summary>Whether this is the session's transport: a POST may have been on its way when the session moved on.</summary>
    public bool IsOn(ISessionTransport asked) => transport == asked;

    /// <summary>Takes what waits, for the answer to a GET; false, if there is nothing.</summary>
    public bool TryTake(PollBody body)
    {
        while (body.Length < MostInOneBody && Peek() is { IsEmpty: false } frames)
        {
            body.Add(frames.Span);
            var isOpening = peeked == Control.Open;
            Advance(frames.Length);
            // As in node nothing comes with it.
            if (isOpening) break;
        }
        if (body.Length == 0) return false;
        // Nobody takes more until the next GET.
        Blocked();
        return true;
    }

    /// <summary>Polling hands over: what waits is the WebSocket's from now on.</summary>
    public void MoveTo(WebSocketTransport webSocket)
    {
        webSocket.Activate();
        transport = webSocket;
    }

    /// <summary>The session has ended at the moment at which polling handed over.</summary>
    public void EndTransport(EngineCloseReason reason) => transport.End(reason);

    /// <summary>Goes on over the WebSocket, when nothing of polling is being told any more.</summary>
    public void Upgraded()
    {
        if (!TryBeginDelivery()) return;
        Guard(static (handler, _) => handler.OnUpgraded());
        EndDelivery();
        if (state.IsClosing) transport.Close();
    }

    public ReadOnlyMemory<byte> Peek()
    {
        var waiting = (Control)Volatile.Read(ref due);
        if (waiting == Control.None)
        {
            peeked = Control.None;
            return handler!.Peek();
        }
        peeked = (Control)((int)waiting & -(int)waiting);
        Interlocked.And(ref due, ~(int)peeked);
        return peeked switch
        {
            Control.Open => opening,
            Control.Ping => PingFrame,
            _ => PongFrame,
        };
    }

    public void Advance(int count)
    {
        if (peeked == Control.None) handler!.Advance(count);
        else if (peeked == Control.Open) opening = null;
        peeked = Control.None;
    }

    public void Blocked() => handler!.Blocked();

    public bool TryAppend(ReadOnlySpan<byte> frame) => handler!.TryAppend(frame);

    public void Complete() => handler!.Complete();

    /// <summary>The transport broke: nothing more is taken.</summary>
    public void CloseSource() => Guard(static (handler, _) => handler.Close());

    void IFrameSource.Close() => CloseSource();

    private SessionHeartbeat.Due LookAt(long now)
    {
        if (state.IsClosing)
        {
            return now - Volatile.Read(ref closingSince) >= SessionTimes.CloseTimeout
                ? SessionHeartbeat.Due.End
                : SessionHeartbeat.Due.Nothing;
        }
        if (state.HasEnded) return SessionHeartbeat.Due.Nothing;
        var (wasHeard, wasAnswered) = (heard, answered);
        if (wasHeard) heard = false;
        if (wasAnswered) answered = false;
        return heartbeat.Tick(now, wasHeard, wasAnswered, IsDelivering, server.Times, version);
    }

    private void Send(Control packet)
    {
        Interlocked.Or(ref due, (int)packet);
        transport.Flush();
    }

    private void TellClosed()
    {
        EngineLog.Ended(server.Logger, handshake.RemoteAddress, state.Reason.Text());
        Guard(static (handler, reason) => handler.OnClosed(reason));
    }

    // The end goes on, whatever one of its steps does: whoever waits for it is told.
    private void Guard(Action<IEngineHandler, EngineCloseReason> step)
    {
        try
        {
            if (handler is not null) step(handler, state.Reason);
        }
        catch (Exception exception)
        {
            EngineLog.HandlerFailed(server.Logger, handshake.RemoteAddress, exception);
        }
    }
}
