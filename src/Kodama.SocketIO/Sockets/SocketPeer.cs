namespace Kodama.SocketIO;

/// <summary>
/// A socket as its connection and the hub see it: how it comes in, what it gets and takes, and how it ends. What the program sees of it is
/// <see cref="SocketIOSocket"/>. Thread-safe.
/// </summary>
internal sealed class SocketPeer : IPeerLink
{
    private AckTable? acks;
    private SocketHandlers? handlers;
    private EventQueue? queue;
    private volatile SocketState state;
    private string endReason = "";

    // Until it is a peer in them: the rooms that it is to join, with what the rules of the hub's rooms have answered, where they are asked.
    private List<(string Name, RoomGrant? Grant)>? coming;
    private RoomGrant entrance;

    // Whether the rules let it read what was said while it was away.
    private bool mayRecover = true;

    public SocketPeer(SocketIONamespace space, SocketIOConnection connection, HandshakeInfo handshake, RecoverySession? previous)
    {
        Space = space;
        Connection = connection;
        HasCode = !space.Relays;
        Id = previous?.Id ?? (SocketIO2.IsSpokenIn(connection.Session) ? SocketIO2.IdOf(space, connection.Session) : SocketId.New());
        if (previous is { Rooms.Count: > 0 }) coming = [.. previous.Rooms.Select(room => (room, (RoomGrant?)null))];
        Recovery = previous;
        if (space.Recovery is not null && Format != PacketFormat.JsonV3) Recovery ??= new RecoverySession(Id, SocketId.New());
        Socket = new SocketIOSocket(this, handshake, previous);
    }

    public SocketIOSocket Socket { get; }

    public SocketIONamespace Space { get; }

    public SocketIOConnection Connection { get; }

    public string Id { get; }

    /// <summary>Whether its events go to handlers; else they are relayed.</summary>
    public bool HasCode { get; }

    public Peer? Peer { get; private set; }

    /// <summary>By what it can come back; null, where it cannot.</summary>
    public RecoverySession? Recovery { get; }

    public PacketFormat Format => Connection.Format;

    public SocketState State => state;

    public bool IsOver => state >= SocketState.Ended;

    /// <summary>Whether it has come back and may not have what it has missed: it is to begin anew. Known once it is let in.</summary>
    public bool MustBeginAnew => Socket.Recovered && !mayRecover;

    public Lock Gate { get; } = new();

    public SocketHandlers Handlers =>
        handlers ?? Interlocked.CompareExchange(ref handlers, new SocketHandlers(Socket), null) ?? handlers;

    public SocketHandlers? HandlersOrNull => handlers;

    public AckTable Acks
    {
        get
        {
            if (Volatile.Read(ref acks) is { } made) return made;
            lock (Gate)
            {
                if (acks is not null) return acks;
                var table = new AckTable(Space.Server.Options.MaxPendingAcks);
                if (state == SocketState.Gone) table.Close(endReason);
                Volatile.Write(ref acks, table);
                return table;
            }
        }
    }

    /// <summary>Whether an acknowledgement of its own is expected.</summary>
    public bool ExpectsAcks => Volatile.Read(ref acks) is { Count: > 0 };

    /// <summary>The rooms that it is in, as the program names them: those of its peer. Before, those that it is to join; and those that it
    /// was in until it has been told that it is disconnected.</summary>
    public IReadOnlyList<string> Rooms
    {
        get
        {
            lock (Gate)
            {
                if (state == SocketState.Connecting) return [.. (coming ?? []).Select(room => room.Name)];
                return Peer is null ? [] : [.. Peer.LastMemberships.Select(m => Space.HubRooms.NameOf(m.Room.Name)).OfType<string>()];
            }
        }
    }

    /// <summary>The socket behind a peer of this door.</summary>
    public static SocketPeer? Of(Peer peer) => peer.Link as SocketPeer;

    public void CountOutgoingListeners_NeedsLock(int change)
    {
        if (state != SocketState.Gone) Space.CountOutgoingListeners(change);
    }

    // ---- It comes in.

    /// <summary>Makes it a peer of the hub; null, if the hub lets it in, else why not.</summary>
    public async ValueTask<SocketIOException?> AdmitAsync(CancellationToken cancellationToken)
    {
        var request = Connection.Session.Handshake;
        var description = new PeerDescription
        {
            Door = "socket.io",
            Encoder = Space.Encoders.For(Format, Connection.Session.TakesDeflated),
            Details = SocketDetails.Of(request),
            Principal = request.Principal,
            RemoteAddress = request.RemoteAddress,
            // What it says is its own through all of its connections.
            Session = Recovery?.Id,
        };
        var admission = await Space.Hub.AdmitAsync(description, this, cancellationToken).ConfigureAwait(false);
        Peer = admission.Peer;
        if (!admission.IsAccepted) return new SocketIOException(admission.Refusal.Text);
        return await AskForRoomsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the client that it is connected, and lets it take part.</summary>
    public void Begin(Replay? missed)
    {
        var isConnected = false;
        var isIn = false;
        lock (Gate)
        {
            if (state == SocketState.Connecting)
            {
                isConnected = true;
                state = SocketState.Connected;
                isIn = Enter_NeedsLock(missed);
                if (HasCode) Queue(SocketIOEvent.Connected());
            }
        }
        if (!isConnected)
        {
            CleanUp(endReason, wasConnected: false);
            return;
        }
        SocketIOLog.Connected(Space.Server.Logger, Id, Space.Name, Peer!.RemoteAddress);
        Connection.Session.Flush();
        // It comes back, and the rules are asked again.
        if (!isIn) Connection.End(DisconnectReason.TransportError);
    }

    /// <summary>Readers outside its rooms are told of it, unless its namespace is its own.</summary>
    public void UpdateListed()
    {
        if (Peer is not null) Peer.IsListed = !Space.Server.IsClosed(Space);
    }

    // ---- What it is in.

    /// <summary>Takes it into a room by the program's word, or by what the rules have granted. Null, when a review has begun since they
    /// were asked.</summary>
    public JoinResult? TryJoin(string name, string hubRoom, RoomGrant? grant)
    {
        if (name == Id) return JoinResult.AlreadyIn;
        lock (Gate)
        {
            if (state == SocketState.Connecting)
            {
                coming ??= [];
                if (coming.Exists(room => room.Name == name)) return JoinResult.AlreadyIn;
                if (coming.Count >= Space.Hub.Options.MaxRoomsPerPeer - 1) return JoinResult.PeerFull;
                coming.Add((name, grant));
                return JoinResult.Joined;
            }
            if (IsOver) return JoinResult.Gone;
        }
        var joined = Enter(hubRoom, grant);
        return joined.IsOutdated ? null : joined.Result;
    }

    /// <summary>False, when it was not in it. Every socket is in the namespace's own room.</summary>
    public bool TryLeave(string name)
    {
        lock (Gate)
        {
            if (state == SocketState.Connecting) return coming?.RemoveAll(room => room.Name == name) > 0;
        }
        var hubRoom = Space.HubRooms.Of(name);
        if (hubRoom == Space.HubRooms.Default || Peer is null || RoomIn(hubRoom) is not { } room) return false;
        var hasLeft = Hub.Leave(Peer, room);
        Follow(hubRoom);
        return hasLeft;
    }

    public Room? RoomIn(string hubRoom)
    {
        foreach (var membership in Peer!.Memberships)
        {
            if (membership.Room.Name == hubRoom) return membership.Room;
        }
        return null;
    }

    /// <summary>Its disconnecting handlers have been told.</summary>
    public void ForgetRooms() => Peer?.ForgetLeft();

    public static bool IsReader(RoomGrant grant) => (grant.Rights & RoomRights.Read) != 0;

    // ---- What comes from its client.

    /// <summary>A packet of the client; valid until the task ends.</summary>
    public ValueTask ReceiveAsync(in Packet packet, FlushBatch batch)
    {
        switch (packet.Type)
        {
            case PacketType.Event when !HasCode:
                return Relay.TakeAsync(this, packet, batch);
            case PacketType.Event:
                Peer!.MessagesIn++;
                return Space.Hub.HasFilters ? FilterAsync(packet, batch) : queue!.AddAsync(new SocketIOEvent(Socket, packet));
            case PacketType.Ack:
                // Past the queue: a handler may be waiting for it. How it is read may be the application's.
                batch.Flush();
                if (packet.AckId is { } id) Volatile.Read(ref acks)?.Take(id)?.OnAnswer(packet);
                return default;
            default:
                // Rules hear of it, which may take their time.
                batch.Flush();
                End(DisconnectReason.ClientNamespaceDisconnect);
                return default;
        }
    }

    /// <summary>For its handlers, behind what waits.</summary>
    public void Queue(SocketIOEvent happened)
    {
        if (queue is null) Interlocked.CompareExchange(ref queue, new EventQueue(this, Handlers), null);
        queue.Add(happened);
    }

    // ---- What goes to its client.

    /// <summary>Answers an event of the client. After the socket's end it goes nowhere.</summary>
    public void SendAck(long id, in Payload arguments)
    {
        using var batch = FlushBatch.Rent();
        SendAck(id, arguments, batch);
    }

    public void SendAck(long id, in Payload arguments, FlushBatch batch)
    {
        if (state != SocketState.Connected) return;
        var frame = PacketFrame.Encode(OutgoingPacket.Ack(Space.NameBytes, id, arguments), Format);
        Deliver(frame, batch);
        frame.Release();
    }

    public bool Deliver(in Frame frame, FlushBatch batch)
    {
        var isTaken = batch.Deliver(Peer!, frame, SlowPeerPolicy.Disconnect);
        batch.Count(frame.Length);
        return isTaken;
    }

    /// <summary>Waits for an acknowledgement: <see cref="AckTable.TryAdd"/>.</summary>
    public bool TryExpect(long id, PendingAck ack)
    {
        if (!Acks.TryAdd(id, ack)) return false;
        Connection.ReadOn();
        return true;
    }

    // ---- Its end.

    /// <summary>Ends it before it began.</summary>
    public void Abandon(string reason)
    {
        lock (Gate) state = SocketState.Ended;
        CleanUp(reason, wasConnected: false);
    }

    /// <summary>Ends it. Only the first call counts.</summary>
    public void End(string reason, bool tells = false)
    {
        bool wasConnected;
        lock (Gate)
        {
            if (IsOver) return;
            wasConnected = state == SocketState.Connected;
            if (tells && wasConnected) SayGoodbye_NeedsLock();
            state = SocketState.Ended;
            endReason = reason;
        }
        // Who is still connecting is cleaned up by whoever connects it.
        if (!wasConnected) return;
        CleanUp(reason, wasConnected: true);
        // Sends what there is, and finds that this one has ended.
        Connection.Session.Flush();
    }

    /// <summary>Lets its session read on, if it waits for room for more events.</summary>
    public void ReadOn() => queue?.Release();

    /// <summary>Its client sends more than the handlers take, and not what they wait for.</summary>
    public void EndAsFlooded()
    {
        SocketIOLog.Flooded(Space.Server.Logger, Id, Space.Name);
        Connection.End(DisconnectReason.ForcedServerClose);
    }

    /// <summary>Lets go what its session waits for, as it is to end: a filter, room for more events.</summary>
    public void LetGo()
    {
        Space.Hub.Remove(Peer!, CloseReason.Lost);
        if (Recovery is not null) Space.Recovery!.Stream.Stop(Recovery, Peer);
        queue?.Release();
    }

    void IPeerLink.Flush() => Connection.Session.Flush();

    void IPeerLink.Expelled(Peer peer, Room room)
    {
        // A client learns of no room but this.
        if (room.Name == Space.HubRooms.Default) End(DisconnectReason.ServerNamespaceDisconnect, tells: true);
        else Follow(room.Name);
    }

    void IPeerLink.Close(CloseReason reason)
    {
        if (reason == CloseReason.TooSlow)
        {
            // Who was too slow would not read the rest either.
            Peer?.Outbox.Close();
            Connection.End(DisconnectReason.TransportError);
        }
        else if (reason.Code == CloseReason.GoingAway.Code)
        {
            Connection.End(DisconnectReason.ServerShuttingDown);
        }
        else
        {
            Connection.Disconnect();
        }
    }

    /// <summary>Asks the rules of the hub's rooms that its client comes to; null, if it may be in its namespace, else why not.</summary>
    /// <remarks>Rooms that the program's code had taken it to are the program's business.</remarks>
    private async ValueTask<SocketIOException?> AskForRoomsAsync(CancellationToken cancellationToken)
    {
        var names = Space.HubRooms;
        entrance = await Space.Hub.AskAsync(Peer!, names.Default, null, cancellationToken).ConfigureAwait(false);
        if (!IsReader(entrance)) return new SocketIOException($"The rules of room {names.Default} do not let this client in.");
        mayRecover = ReadsHistory(entrance);
        if (HasCode) return null;
        foreach (var room in Rooms)
        {
            var grant = await Space.Hub.AskAsync(Peer!, names.Of(room), null, cancellationToken).ConfigureAwait(false);
            mayRecover &= !IsReader(grant) || ReadsHistory(grant);
            TryLeave(room);
            if (IsReader(grant)) TryJoin(room, names.Of(room), grant);
            else if (Recovery is not null) Space.Recovery!.Stream.Bar(Recovery, names.Of(room));
        }
        return null;
    }

    private static bool ReadsHistory(RoomGrant grant) => (grant.Rights & RoomRights.History) != 0;

    private bool Enter_NeedsLock(Replay? missed)
    {
        var json = Format == PacketFormat.JsonV3 ? default : ConnectJson.Granted(Id, Recovery?.Pid);
        var connect = PacketFrame.Encode(OutgoingPacket.Connect(Space.NameBytes, json), Format);
        if (Recovery is null) Peer!.Outbox.TryEnqueue(connect, SlowPeerPolicy.Disconnect);
        Space.Add(Socket);
        UpdateListed();
        var isIn = TryJoinRooms_NeedsLock();
        // What it has missed is for who may be where it was: if that is not known now, it is told when it comes back.
        if (Recovery is not null) isIn = isIn && Space.Recovery!.TryGoLive(Peer!, Recovery, missed, connect);
        connect.Release();
        return isIn;
    }

    /// <summary>
    /// False, when it is not in all of them, and to come back: a review has begun since the rules were asked, or one is not to be had now.
    /// </summary>
    private bool TryJoinRooms_NeedsLock()
    {
        var isIn = IsIn(Space.HubRooms.Default, entrance);
        foreach (var (room, grant) in coming ?? []) isIn &= IsIn(Space.HubRooms.Of(room), grant);
        // Else it comes back to all of them.
        if (isIn) coming = null;
        return isIn;

        bool IsIn(string room, RoomGrant? grant) =>
            Enter(room, grant).Result is JoinResult.Joined or JoinResult.AlreadyIn;
    }

    private Joined Enter(string hubRoom, in RoomGrant? grant)
    {
        var joined = Space.Hub.Join(Peer!, new JoinRequest { Room = hubRoom, IsHeld = Recovery is not null }, grant);
        if (joined.Result is JoinResult.Joined or JoinResult.AlreadyIn) Follow(hubRoom);
        return joined;
    }

    /// <summary>With recovery what is said in a room comes by the stream of its namespace, as long as its peer is there.</summary>
    private void Follow(string hubRoom)
    {
        if (Recovery is null) return;
        var stream = Space.Recovery!.Stream;
        // Whoever is last sees what the last change has made of it.
        lock (Recovery.Following)
        {
            if (RoomIn(hubRoom) is { } room)
            {
                room.Keep(stream);
                stream.Join(Recovery, hubRoom);
            }
            // Who is going may come back to the same rooms.
            else if (Peer!.IsConnected)
            {
                stream.Leave(Recovery, hubRoom);
            }
        }
    }

    /// <summary>The hub's filters are asked before an event reaches handlers, as before it is relayed.</summary>
    private async ValueTask FilterAsync(Packet packet, FlushBatch batch)
    {
        // It is in that room as long as it is connected.
        if (Space.Hub.FindRoom(Space.HubRooms.Default) is not { } room) return;
        var said = packet.ToPayload();
        var (message, refusal) = await Space.Hub.FilterAsync(Peer!, room, said, packet.GetEventName(), batch).ConfigureAwait(false);
        if (refusal is not null || IsOver) return;
        var happened = message.Payload.IsSame(said)
            ? new SocketIOEvent(Socket, packet)
            : new SocketIOEvent(Socket, message.Event, message.Payload.ToOwned(), packet.AckId);
        await queue!.AddAsync(happened).ConfigureAwait(false);
    }

    private void SayGoodbye_NeedsLock()
    {
        var frame = PacketFrame.Encode(OutgoingPacket.Disconnect(Space.NameBytes), Format);
        Peer!.Outbox.TryEnqueue(frame, SlowPeerPolicy.Disconnect);
        frame.Release();
    }

    private void CleanUp(string reason, bool wasConnected)
    {
        AckTable? left;
        lock (Gate)
        {
            if (state == SocketState.Gone) return;
            if (handlers?.Has(HandlerKind.AnyOutgoing) == true) CountOutgoingListeners_NeedsLock(-1);
            state = SocketState.Gone;
            endReason = reason;
            left = acks;
        }
        left?.Close(reason);
        if (Peer is not null) Space.Hub.Remove(Peer, DisconnectReason.ToCloseReason(reason));
        Space.Remove(Socket);
        // Last: it may be back at once, and nothing of this connection is to end that one.
        if (Recovery is not null)
        {
            var rooms = wasConnected && coming is null ? Rooms : [.. (coming ?? []).Select(room => room.Name)];
            Space.Recovery!.Ended(Recovery, Peer, DisconnectReason.IsRecoverable(reason), rooms, Socket.KeptData);
        }
        if (wasConnected)
        {
            if (HasCode) Queue(SocketIOEvent.Disconnected(reason));
            queue?.Release();
            SocketIOLog.Disconnected(Space.Server.Logger, Id, Space.Name, reason);
        }
        Space.Release();
    }
}

/// <summary>What a socket is; each ends the one before it.</summary>
internal enum SocketState : byte
{
    /// <summary>Its middleware and the rules are asked.</summary>
    Connecting,

    Connected,

    /// <summary>It is to go.</summary>
    Ended,

    /// <summary>It has left the hub and its namespace.</summary>
    Gone,
}
