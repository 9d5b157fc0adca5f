using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// A session: one transport after another takes from it what goes out, its own control packets and then the handler's frames, and brings
/// what comes in. Of both there is one at a time, whatever transports do.
/// </summary>
/// <remarks>
/// Changes of state happen under <see cref="gate"/>, under which nothing of the handler is called: so that may close the session from
/// wherever it is. Sending and receiving over a WebSocket take no lock.
/// </remarks>
internal sealed class LiveSession(EngineServer server, EngineVersion version, HandshakeRequest handshake) : EngineSession, IFrameSource
{
    // A GET's answer ends here, but for the run of frames that it is in.
    private const int MostInOneBody = 256 * 1024;

    private readonly Lock gate = new();
    private IEngineHandler? handler;
    private volatile ISessionTransport transport = null!;
    private UpgradeProbe? probe;
    private volatile State state;
    private EngineCloseReason closeReason;
    private bool closedByClient;
    private long closingSince;

    private byte[]? opening;
    private int control;
    private ControlPackets peeked;

    private DeliveryGate delivery;
    private SessionHeartbeat heartbeat = new(server.Sessions.Now);
    private volatile bool heard;
    private volatile bool answered;

    private enum State : byte
    {
        Open,
        Closing,
        Ended,
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
    public bool IsDelivering => delivery.IsDelivering;

    public bool HasEnded => state == State.Ended;

    /// <summary>Whether the client has come to something (<see cref="IEngineHandler.HasJoined"/>).</summary>
    public bool HasJoined => handler!.HasJoined;

    /// <summary>Among those that may have to make room; the registry's.</summary>
    public LinkedListNode<LiveSession>? Place { get; set; }

    /// <summary>Begins, with the open packet waiting: asks for the handler, and can be found from now on.</summary>
    public void Begin(ISessionTransport first)
    {
        transport = first;
        opening = server.OpenFrames(Id, first.Kind);
        control = (int)ControlPackets.Open;
        handler = server.Accept(this);
        server.Sessions.Add(this);
    }

    public override void Flush() => transport.Flush();

    public override void Close(EngineCloseReason reason = EngineCloseReason.ForcedClose)
    {
        lock (gate)
        {
            if (state != State.Open) return;
            state = State.Closing;
            closeReason = reason;
            closingSince = server.Sessions.Now;
        }
        transport.Close();
        // Not on the caller's thread, who may be anywhere.
        if (reason == EngineCloseReason.ServerShuttingDown)
            ThreadPool.UnsafeQueueUserWorkItem(static session => session.EndIfUnheard(), this, preferLocal: false);
    }

    /// <summary>Ends a session that closes since the server stops, unless there is a GET to tell: who does not listen now would find nobody
    /// later.</summary>
    public void EndIfUnheard()
    {
        // Either this sees that the GET was answered, or the GET that it closes.
        Interlocked.MemoryBarrier();
        if (state == State.Closing && closeReason == EngineCloseReason.ServerShuttingDown
            && transport is PollingTransport { HasGet: false })
        {
            End(EngineCloseReason.ServerShuttingDown);
        }
    }

    /// <summary>Ends the session now; what waits is lost. Only the first call counts, and the reason of <see cref="Close"/> before
    /// that.</summary>
    public void End(EngineCloseReason reason, bool byClient = false)
    {
        UpgradeProbe? probing;
        lock (gate)
        {
            if (state == State.Ended) return;
            if (state == State.Open) closeReason = reason;
            state = State.Ended;
            closedByClient = byClient;
            probing = probe;
            probe = null;
        }
        server.Sessions.Remove(this);
        CloseSource();
        transport?.End(closeReason);
        probing?.WebSocket.Close();
        var isDelivering = delivery.Finish();
        if (isDelivering) TellEnding();
        if (!isDelivering || delivery.EndingTold()) TellClosed();
    }

    /// <summary>Looks at the clock.</summary>
    public void Tick(long now)
    {
        var due = SessionHeartbeat.Due.Nothing;
        UpgradeProbe? late = null;
        lock (gate)
        {
            if (state == State.Open) due = TickHeartbeat_NeedsLock(now);
            else if (state == State.Closing && now - closingSince >= SessionTimes.CloseTimeout) due = SessionHeartbeat.Due.End;
            if (probe is not null && now - probe.Since >= server.Times.UpgradeTimeout) (late, probe) = (probe, null);
        }
        late?.WebSocket.Close();
        if (due == SessionHeartbeat.Due.End) End(EngineCloseReason.PingTimeout);
        else if (due == SessionHeartbeat.Due.Ping) Send(ControlPackets.Ping);
    }

    /// <summary>Begins to tell the handler packets; <see cref="EndDelivery"/> must follow. False, when the session has ended.</summary>
    public bool TryBeginDelivery() => delivery.TryBegin();

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
        if (delivery.End()) TellClosed();
    }

    /// <summary>A packet has come over the session's transport. One at a time, and messages between <see cref="TryBeginDelivery"/> and <see
    /// cref="EndDelivery"/>.</summary>
    public ValueTask ReceiveAsync(in EnginePacket packet)
    {
        heard = true;
        switch (packet.Type)
        {
            case EnginePacketType.Message when state == State.Open:
                return packet.IsBinary ? handler!.OnBinaryAsync(packet.Data) : handler!.OnTextAsync(packet.Data);
            case EnginePacketType.Pong when version == EngineVersion.V4:
                answered = true;
                break;
            case EnginePacketType.Ping when version == EngineVersion.V3:
                Send(ControlPackets.Pong);
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

    /// <summary>Fills the answer to a GET.</summary>
    /// <param name="polling">The transport that has the GET.</param>
    /// <param name="body">Where to.</param>
    /// <param name="waited">Whether the GET has waited already.</param>
    public PollAnswer Collect(PollingTransport polling, PollBody body, bool waited)
    {
        // What was sent before the close goes before it: only a close that came before the source was found empty is told now. A later one
        // wakes the GET.
        var isClosing = state == State.Closing;
        lock (polling.Taking)
        {
            if (transport != polling) return PollAnswer.Noop;
            if (state == State.Ended) return closedByClient ? PollAnswer.Noop : PollAnswer.Close;
            while (body.Length < MostInOneBody && Peek() is { IsEmpty: false } frames)
            {
                body.Add(frames.Span);
                Advance(frames.Length);
            }
            if (body.Length > 0)
            {
                // Nobody takes more until the next GET.
                handler!.Blocked();
                return PollAnswer.Packets;
            }
        }
        lock (gate)
        {
            if (transport != polling) return PollAnswer.Noop;
            if (state == State.Ended) return closedByClient ? PollAnswer.Noop : PollAnswer.Close;
            if (isClosing) return waited ? PollAnswer.Close : PollAnswer.NoopAndClose;
            return probe is { IsAnswered: true } ? PollAnswer.Noop : PollAnswer.Wait;
        }
    }

    /// <summary>Begins an upgrade; false, when there can be none.</summary>
    public bool TryProbe(WebSocketTransport webSocket)
    {
        lock (gate)
        {
            if (state != State.Open || probe is not null || transport is not PollingTransport) return false;
            probe = new UpgradeProbe(webSocket, server.Sessions.Now);
            return true;
        }
    }

    /// <summary>The probe was answered: from now on GETs are let go, since the client waits for them before it moves on.</summary>
    public void LetPollingGo(WebSocketTransport webSocket)
    {
        lock (gate)
        {
            if (probe?.WebSocket != webSocket) return;
            probe.IsAnswered = true;
        }
        transport.Flush();
    }

    /// <summary>The upgrade came to nothing.</summary>
    public void EndProbe(WebSocketTransport webSocket)
    {
        lock (gate)
        {
            if (probe?.WebSocket == webSocket) probe = null;
        }
    }

    /// <summary>Moves to the WebSocket, and answers the transport that there was; null, when the upgrade has come to nothing
    /// before.</summary>
    public PollingTransport? TryUpgrade(WebSocketTransport webSocket)
    {
        if (transport is not PollingTransport before) return null;
        lock (before.Taking)
        lock (gate)
        {
            if (state == State.Ended || probe?.WebSocket != webSocket) return null;
            probe = null;
            webSocket.Activate();
            transport = webSocket;
            return before;
        }
    }

    /// <summary>Goes on over the WebSocket, when nothing of polling is being told any more.</summary>
    public void Upgraded()
    {
        if (!TryBeginDelivery()) return;
        try
        {
            handler!.OnUpgraded();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        EndDelivery();
        bool isClosing;
        lock (gate) isClosing = state == State.Closing;
        if (isClosing) transport.Close();
    }

    public ReadOnlyMemory<byte> Peek()
    {
        var due = (ControlPackets)Volatile.Read(ref control);
        if (due == ControlPackets.None)
        {
            peeked = ControlPackets.None;
            return handler!.Peek();
        }
        peeked = (ControlPackets)((int)due & -(int)due);
        Interlocked.And(ref control, ~(int)peeked);
        return peeked == ControlPackets.Open ? opening : ControlFrames.Get(peeked);
    }

    public void Advance(int count)
    {
        if (peeked == ControlPackets.None) handler!.Advance(count);
        else if (peeked == ControlPackets.Open) opening = null;
        peeked = ControlPackets.None;
    }

    public void Blocked() => handler!.Blocked();

    public bool TryAppend(ReadOnlySpan<byte> frame) => handler!.TryAppend(frame);

    public void Complete() => handler!.Complete();

    /// <summary>The transport broke: nothing more is taken.</summary>
    public void CloseSource()
    {
        try
        {
            handler?.Close();
        }
        catch (Exception exception)
        {
            // The end goes on: whoever waits for it is told.
            EngineLog.HandlerFailed(server.Logger, handshake.RemoteAddress, exception);
        }
    }

    void IFrameSource.Close() => CloseSource();

    private SessionHeartbeat.Due TickHeartbeat_NeedsLock(long now)
    {
        var (wasHeard, wasAnswered) = (heard, answered);
        if (wasHeard) heard = false;
        if (wasAnswered) answered = false;
        return heartbeat.Tick(now, wasHeard, wasAnswered, IsDelivering, server.Times, version);
    }

    private void Send(ControlPackets packet)
    {
        Interlocked.Or(ref control, (int)packet);
        transport.Flush();
    }

    private void TellEnding()
    {
        try
        {
            handler!.OnEnding();
        }
        catch (Exception exception)
        {
            EngineLog.HandlerFailed(server.Logger, handshake.RemoteAddress, exception);
        }
    }

    private void TellClosed()
    {
        EngineLog.Ended(server.Logger, handshake.RemoteAddress, closeReason.Text());
        try
        {
            handler?.OnClosed(closeReason);
        }
        catch (Exception exception)
        {
            EngineLog.HandlerFailed(server.Logger, handshake.RemoteAddress, exception);
        }
    }
}
