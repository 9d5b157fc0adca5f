using System.Collections.Concurrent;

namespace Kodama.SocketIO;

/// <summary>One client in one namespace: a peer of the hub, with events. Thread-safe.</summary>
public sealed partial class SocketIOSocket : SocketSource, IPeerLink
{
    private const int Connecting = 0;
    private const int IsConnected = 1;
    private const int Over = 2;

    private readonly SocketIOConnection connection;
    private readonly Lock gate = new();
    private readonly bool hasCode;
    private IDictionary<string, object?>? data;
    private AckTable? acks;
    private EventQueue? queue;
    private int state;
    private int cleaned;
    private string endReason = "";

    internal SocketIOSocket(SocketIONamespace space, SocketIOConnection connection, HandshakeInfo handshake, WaitingSession? previous)
    {
        Namespace = space;
        this.connection = connection;
        Handshake = handshake;
        Recovered = previous is not null;
        hasCode = !space.Relays;
        Id = previous?.Track.Id ?? NewId(space, connection.Session);
        data = previous?.Data;
        if (previous is not null) rooms.AddRange(previous.Rooms);
        Track = previous?.Track;
        if (Track is not null || space.Recovery is null || Version == EngineVersion.V3) return;
        Track = new RecoveryTrack(Id, SocketId.New());
        space.Recovery.Begin(Track);
    }

    /// <summary>Its id, which other clients may know; with recovery it lasts through all connections of one client.</summary>
    public string Id { get; }

    /// <summary>Where it is connected to.</summary>
    public SocketIONamespace Namespace { get; }

    /// <summary>What the client said when it connected.</summary>
    public HandshakeInfo Handshake { get; }

    /// <summary>Whether it is connected: from its connection handlers on, until it ends.</summary>
    public bool Connected => System.Threading.Volatile.Read(ref state) == IsConnected;

    /// <summary>Whether it is a socket that has come back, with its id, rooms and data, and has been sent what it missed.</summary>
    public bool Recovered { get; }

    /// <summary>Whether it is connected by <c>websocket</c> or <c>polling</c>; changes once, when it upgrades.</summary>
    public string Transport => connection.Session.Transport.Name();

    /// <summary>The peer of the hub that it is; null in middleware, before it is let in.</summary>
    public Peer? Peer { get; private set; }

    /// <summary>Anything that the program wants to keep with this socket. Kept in memory while the client may come back.</summary>
    public IDictionary<string, object?> Data =>
        System.Threading.Volatile.Read(ref data)
            ?? Interlocked.CompareExchange(ref data, new ConcurrentDictionary<string, object?>(StringComparer.Ordinal), null)
            ?? data;

    /// <summary>All others of the namespace.</summary>
    public BroadcastOperator Broadcast => new(Namespace, this);

    internal EngineVersion Version => connection.Session.Version;

    internal RecoveryTrack? Track { get; }

    internal bool IsOver => System.Threading.Volatile.Read(ref state) == Over;

    internal AckTable Acks
    {
        get
        {
            if (System.Threading.Volatile.Read(ref acks) is { } made) return made;
            lock (gate)
            {
                if (acks is not null) return acks;
                var table = new AckTable(Namespace.Server.Options.MaxPendingAcks);
                if (cleaned != 0) table.Close(endReason);
                System.Threading.Volatile.Write(ref acks, table);
                return table;
            }
        }
    }

    /// <summary>Whether an acknowledgement is expected of its client, in whatever namespace.</summary>
    internal bool IsAskedForAcks => connection.IsAskedForAcks;

    /// <summary>Whether an acknowledgement of its own is expected.</summary>
    internal bool ExpectsAcks => System.Threading.Volatile.Read(ref acks) is { Count: > 0 };

    internal override ArgumentJson Json => Namespace.Server.Json;

    private protected override SocketOperator One => new(this, false, null);

    /// <summary>The others in these rooms; a socket's id is a room too.</summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>The same as <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>The others that are in none of these rooms.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Broadcast.Except(rooms);

    /// <summary>Ends it: the client learns that this side did, and does not come back by itself.</summary>
    /// <param name="close">Whether the connection ends too, with the other namespaces that the client is in.</param>
    public void Disconnect(bool close = false)
    {
        if (close) connection.Disconnect();
        else End(DisconnectReason.ServerNamespaceDisconnect, tells: true);
    }

    /// <summary>Whether a peer's transport can take something at once.</summary>
    internal static bool IsWritable(Peer peer) =>
        peer.Outbox.QueuedBytes == 0 && (peer.Link is not SocketIOSocket socket || socket.connection.Session.IsWritable);

    /// <summary>Makes it a peer of the hub; null, if the hub lets it in, else why not.</summary>
    internal async ValueTask<SocketIOException?> AdmitAsync(CancellationToken cancellationToken)
    {
        var request = connection.Session.Handshake;
        var description = new PeerDescription
        {
            Door = "socket.io",
            Encoder = Namespace.Encoders.For(connection.Session),
            Details = SocketDetails.Of(request),
            Principal = request.Principal,
            RemoteAddress = request.RemoteAddress,
        };
        var admission = await Namespace.Hub.AdmitAsync(description, this, cancellationToken).ConfigureAwait(false);
        Peer = admission.Peer;
        if (!admission.IsAccepted) return new SocketIOException(admission.Refusal.Text);
        return await AskForRoomsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the client that it is connected, and lets it take part.</summary>
    internal void Begin(WaitingSession? previous)
    {
        var isConnected = false;
        var isIn = false;
        lock (gate)
        {
            if (Interlocked.CompareExchange(ref state, IsConnected, Connecting) == Connecting)
            {
                isConnected = true;
                Namespace.Add(this);
                UpdateListed();
                isIn = Enter_NeedsLock(previous);
                if (hasCode) Queue(SocketIOEvent.Connection);
            }
        }
        if (!isConnected)
        {
            CleanUp(endReason, wasConnected: false);
            return;
        }
        SocketIOLog.Connected(Namespace.Server.Logger, Id, Namespace.Name, Peer!.RemoteAddress);
        connection.Session.Flush();
        // It comes back, and the rules are asked again.
        if (!isIn) connection.End(DisconnectReason.TransportError);
    }

    /// <summary>Readers outside its rooms are told of it, unless its namespace is its own.</summary>
    internal void UpdateListed()
    {
        if (Peer is not null) Peer.IsListed = !Namespace.Server.IsClosed(Namespace);
    }

    /// <summary>Ends it before it began.</summary>
    internal void Abandon(string reason)
    {
        Interlocked.Exchange(ref state, Over);
        CleanUp(reason, wasConnected: false);
    }

    /// <summary>Ends it. Only the first call counts.</summary>
    internal void End(string reason, bool tells = false)
    {
        int was;
        lock (gate)
        {
            was = state;
            if (was == Over) return;
            if (tells && was == IsConnected) SayGoodbye_NeedsLock();
            System.Threading.Volatile.Write(ref state, Over);
            endReason = reason;
        }
        // Who is still connecting is cleaned up by whoever connects it.
        if (was == Connecting) return;
        CleanUp(reason, wasConnected: true);
        // Sends what there is, and finds that this one has ended.
        connection.Session.Flush();
    }

    /// <summary>Waits for an acknowledgement: <see cref="AckTable.TryAdd"/>.</summary>
    internal bool TryExpect(long id, PendingAck ack)
    {
        if (!Acks.TryAdd(id, ack)) return false;
        connection.ReadOn();
        return true;
    }

    /// <summary>Lets its session read on, if it waits for room for more events.</summary>
    internal void ReadOn() => queue?.Release();

    /// <summary>Its client sends more than the handlers take, and not what they wait for.</summary>
    internal void EndAsFlooded()
    {
        SocketIOLog.Flooded(Namespace.Server.Logger, Id, Namespace.Name);
        connection.End(DisconnectReason.ForcedServerClose);
    }

    /// <summary>Lets go what its session waits for, as it is to end: a filter, room for more events.</summary>
    internal void LetGo()
    {
        Namespace.Hub.Remove(Peer!, CloseReason.Lost);
        queue?.Release();
    }

    void IPeerLink.Flush() => connection.Session.Flush();

    void IPeerLink.Expelled(Peer peer, Room room)
    {
        // A client learns of no room but this.
        if (room.Name == Namespace.HubRooms.Default) Disconnect();
        else Forget(room);
    }

    void IPeerLink.Close(CloseReason reason)
    {
        if (reason == CloseReason.TooSlow)
        {
            // Who was too slow would not read the rest either.
            Peer?.Outbox.Close();
            connection.End(DisconnectReason.TransportError);
        }
        else if (reason.Code == CloseReason.GoingAway.Code)
        {
            connection.End(DisconnectReason.ServerShuttingDown);
        }
        else
        {
            Disconnect(close: true);
        }
    }

    private bool Enter_NeedsLock(WaitingSession? previous)
    {
        var json = Version == EngineVersion.V4 ? ConnectJson.Granted(Id, Track?.Pid) : default;
        var connect = PacketFrame.Encode(OutgoingPacket.Connect(Namespace.NameBytes, json), NamespaceEncoders.FormatOf(Version));
        if (Track is null) Peer!.Outbox.TryEnqueue(connect, SlowPeerPolicy.Disconnect);
        var isIn = TryJoinRooms_NeedsLock();
        // What it has missed is for who may be where it was: if that is not known now, it is told when it comes back.
        if (Track is not null && isIn) Namespace.Recovery!.GoLive(Peer!, Track, previous?.Seen, connect);
        connect.Release();
        return isIn;
    }

    private void SayGoodbye_NeedsLock()
    {
        var frame = PacketFrame.Encode(OutgoingPacket.Disconnect(Namespace.NameBytes), NamespaceEncoders.FormatOf(Version));
        Peer!.Outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
        frame.Release();
    }

    private void CleanUp(string reason, bool wasConnected)
    {
        AckTable? left;
        lock (gate)
        {
            if (cleaned != 0) return;
            cleaned = 1;
            endReason = reason;
            left = acks;
            if (handlers is { AnyOutgoing.Length: > 0 }) Namespace.CountOutgoingListeners(-1);
        }
        left?.Close(reason);
        if (Peer is not null) Namespace.Hub.Remove(Peer, DisconnectReason.ToCloseReason(reason));
        Namespace.Remove(this);
        // Last: it may be back at once, and nothing of this connection is to end that one.
        if (Track is not null && DisconnectReason.IsRecoverable(reason)) Namespace.Recovery!.TryKeep(Track, Peer, Joined, data);
        if (wasConnected)
        {
            if (hasCode) Queue(SocketIOEvent.Disconnection);
            queue?.Release();
            SocketIOLog.Disconnected(Namespace.Server.Logger, Id, Namespace.Name, reason);
        }
        Namespace.Release();
    }

    private void Queue(SocketIOEvent happened) => (queue ??= new EventQueue(this, Namespace.Server.Options.MaxPendingEvents)).Add(happened);

    // Of a client of Socket.IO 2, whose CONNECT has no answer with an id: it takes the session's.
    private static string NewId(SocketIONamespace space, EngineSession session) => session.Version switch
    {
        EngineVersion.V4 => SocketId.New(),
        _ when space.Name == "/" => session.Id,
        _ => $"{space.Name}#{session.Id}",
    };
}
