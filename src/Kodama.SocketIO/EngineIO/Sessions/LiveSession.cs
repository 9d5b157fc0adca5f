namespace Kodama.SocketIO;

/// <summary>What carries a session's packets now. Members are thread-safe and never wait.</summary>
internal interface ISessionTransport
{
    /// <summary>Whether a packet could go at once.</summary>
    bool IsWritable { get; }

    /// <summary>The session has something to send.</summary>
    void Flush();

    /// <summary>The session closes: what is left goes, and then the end.</summary>
    void Close();

    /// <summary>The session has ended: nothing is left to go, whoever waits is let go.</summary>
    void End(string reason);
}

/// <summary>A session: its transport takes from it control packets and then the handler's frames, and brings what comes.</summary>
/// <remarks>What it sends is taken by one at a time: a WebSocket sends so by itself, polling under a lock of its own, and a session has one
/// of them, which hands over once. Its life changes under the gate, where nobody else is called.</remarks>
internal sealed class LiveSession(EngineServer server, EngineVersion version, HandshakeRequest handshake)
    : EngineSession(version, handshake)
{
    /// <summary>How long a session that closes waits for a GET that takes what is left. Node's.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(30);

    private static readonly byte[] PingFrame = EnginePacketWriter.Frame(EnginePacketType.Ping);
    private static readonly byte[] PongFrame = EnginePacketWriter.Frame(EnginePacketType.Pong);

    private readonly Lock gate = new();
    private volatile ISessionTransport transport = null!;
    private volatile Phase phase;
    private TimeSpan closingSince;
    private SessionHeartbeat heartbeat = new(server.Sessions.Now);

    // Packets being told, and the end on its way: the last of them tells it.
    private int inside;

    // What goes before the handler's frames, the open packet, or the heartbeat's: one that waits need not wait twice.
    private byte[]? ahead;
    private bool peekedAhead;

    // Since the last tick.
    private bool heard;
    private bool answered;

    private enum Phase
    {
        Open,
        Closing,
        Ended,
    }

    /// <summary>The layer above; null until it has begun.</summary>
    public IEngineHandler Handler { get; private set; } = null!;

    public override string Transport => Polling is null ? EngineTransport.WebSocket : EngineTransport.Polling;
    public override bool TakesDeflated => transport is WebSocketTransport { TakesDeflated: true };
    public override bool IsWritable => transport.IsWritable;
    public PollingTransport? Polling => transport as PollingTransport;

    public bool IsDelivering => Volatile.Read(ref inside) > 0;
    public bool IsOpen => phase == Phase.Open;
    public bool IsClosing => phase == Phase.Closing;
    public bool HasEnded => phase == Phase.Ended;
    public bool EndedByClient { get; private set; }

    /// <summary>Why it closes, or has ended.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Among those that may have to make room; the registry's.</summary>
    public LinkedListNode<LiveSession>? Place { get; set; }

    /// <summary>Begins, with the open packet waiting: asks for the handler, and can be found from now on.</summary>
    public void Begin(ISessionTransport first)
    {
        transport = first;
        ahead = server.OpenFrames(this);
        EngineLog.Began(server.Logger, Handshake.RemoteAddress, Transport);
        Handler = server.Accept(this);
        server.Sessions.Add(this);
    }

    public override void Flush() => transport.Flush();

    public override void Close(string reason = DisconnectReason.ForcedClose)
    {
        lock (gate)
        {
            if (phase != Phase.Open) return;
            (Reason, closingSince) = (reason, server.Sessions.Now);
            phase = Phase.Closing;
        }
        transport.Close();
    }

    /// <summary>Ends the session now; what waits is lost. Only the first call counts, and the reason of a close before it.</summary>
    public void End(string reason, bool byClient = false)
    {
        bool isTelling;
        lock (gate)
        {
            if (phase == Phase.Ended) return;
            if (phase == Phase.Open) Reason = reason;
            EndedByClient = byClient;
            phase = Phase.Ended;
            isTelling = inside++ > 0;
        }
        server.Sessions.Remove(this);
        CloseSource();
        Guard((_, _) => transport.End(reason));
        if (isTelling) Guard(static (handler, _) => handler.OnEnding());
        Leave();
    }

    /// <summary>Looks at the clock. What fails ends this session alone.</summary>
    public void Tick(TimeSpan now)
    {
        var due = SessionHeartbeat.Due.Nothing;
        lock (gate)
        {
            var (wasHeard, wasAnswered) = (Interlocked.Exchange(ref heard, false), Interlocked.Exchange(ref answered, false));
            if (phase == Phase.Open) due = heartbeat.Tick(now, wasHeard, wasAnswered, inside > 0, server.Options, Version);
            else if (phase == Phase.Closing && now - closingSince >= CloseTimeout) due = SessionHeartbeat.Due.End;
        }
        if (due == SessionHeartbeat.Due.End) End(DisconnectReason.PingTimeout);
        else if (due == SessionHeartbeat.Due.Ping) Guard((_, _) => SendAhead(PingFrame));
    }

    /// <summary>Begins to tell the handler packets; <see cref="EndDelivery"/> must follow. False, when the session has ended.</summary>
    public bool TryBeginDelivery()
    {
        lock (gate)
        {
            if (phase == Phase.Ended || inside > 0) return false;
            inside = 1;
            return true;
        }
    }

    public void EndDelivery()
    {
        Guard(static (handler, _) => handler.OnReadCompleted());
        Leave();
    }

    /// <summary>A packet has come over the session's transport: one at a time, a message within a delivery.</summary>
    public ValueTask ReceiveAsync(in EnginePacket packet)
    {
        heard = true;
        switch (packet.Type)
        {
            case EnginePacketType.Message when IsOpen:
                return packet.IsBinary ? Handler.OnBinaryAsync(packet.Data) : Handler.OnTextAsync(packet.Data);
            case EnginePacketType.Pong when Version == EngineVersion.V4:
                answered = true;
                break;
            case EnginePacketType.Ping when Version == EngineVersion.V3:
                SendAhead(PongFrame);
                break;
            case EnginePacketType.Ping or EnginePacketType.Pong:
                // Node's: invalid heartbeat direction.
                End(DisconnectReason.TransportError);
                break;
        }
        return default;
    }

    public void Reject(string error)
    {
        EngineLog.Malformed(server.Logger, Handshake.RemoteAddress, error);
        End(DisconnectReason.ParseError);
    }

    /// <summary>The layer above could not handle something.</summary>
    public void Fail(Exception exception)
    {
        EngineLog.HandlerFailed(server.Logger, Handshake.RemoteAddress, exception);
        End(DisconnectReason.TransportError);
    }

    /// <summary>Polling hands over: what waits is the WebSocket's from now on. False, when the session has ended.</summary>
    public bool TryMoveTo(WebSocketTransport webSocket)
    {
        lock (gate)
        {
            if (phase == Phase.Ended) return false;
            webSocket.Activate();
            transport = webSocket;
            return true;
        }
    }

    /// <summary>Goes on over the WebSocket, when nothing of polling is being told any more.</summary>
    public void Upgraded()
    {
        if (!TryBeginDelivery()) return;
        Guard(static (handler, _) => handler.OnUpgraded());
        EndDelivery();
        if (IsClosing) transport.Close();
    }

    public ReadOnlyMemory<byte> Peek()
    {
        var frame = Volatile.Read(ref ahead) is null ? null : Interlocked.Exchange(ref ahead, null);
        peekedAhead = frame is not null;
        return peekedAhead ? frame : Handler.Peek();
    }

    public void Advance(int count)
    {
        if (!peekedAhead) Handler.Advance(count);
    }

    public void CloseSource() => Guard(static (handler, _) => handler.Close());

    private void SendAhead(byte[] frame)
    {
        Interlocked.CompareExchange(ref ahead, frame, null);
        transport.Flush();
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--inside > 0 || phase != Phase.Ended) return;
        }
        EngineLog.Ended(server.Logger, Handshake.RemoteAddress, Reason);
        Guard(static (handler, reason) => handler.OnClosed(reason));
    }

    // An end goes on, whatever one of its steps does: whoever waits for it is told.
    private void Guard(Action<IEngineHandler, string> step)
    {
        try
        {
            if (Handler is not null) step(Handler, Reason);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }
}
