namespace Kodama.SocketIO;

/// <summary>
/// A socket as its connection and the hub see it, from its way in (<see cref="Arrival"/>) to its end. What the program sees of it is <see
/// cref="SocketIOSocket"/>. Thread-safe.
/// </summary>
internal sealed class SocketPeer : IPeerLink
{
    private Dictionary<long, PendingAck>? acks;
    private SocketHandlers? handlers;
    private volatile SocketState state;
    private string endReason = "";

    // Until it is a peer in them: the rooms that it is to join, with what the rules of the hub's rooms have answered, where they are asked.
    private List<(string Name, RoomGrant? Grant)>? coming;

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

    /// <summary>Null until the hub has let it in.</summary>
    public Peer? Peer { get; set; }

    /// <summary>By what it can come back; null, where it cannot.</summary>
    public RecoverySession? Recovery { get; }

    public PacketFormat Format => Connection.Format;

    public SocketState State => state;

    public bool IsOver => state == SocketState.Ended;

    public Lock Gate { get; } = new();

    public SocketHandlers Handlers => handlers ?? Interlocked.CompareExchange(ref handlers, new SocketHandlers(this), null) ?? handlers;

    public bool ListensToOutgoing => handlers?.Has(HandlerKind.AnyOutgoing) == true;

    /// <summary>How many acknowledgements of its own are expected.</summary>
    public int PendingAcks => acks?.Count ?? 0;

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

    /// <summary>Readers outside its rooms are told of it, unless its namespace is its own.</summary>
    public void UpdateListed()
    {
        if (Peer is not null) Peer.IsListed = !Space.Server.IsClosed(Space);
    }

    /// <summary>Tells the client that it is connected, and lets it take part.</summary>
    /// <param name="entrance">What it may do in its namespace's own room.</param>
    public void Begin(in RoomGrant entrance)
    {
        bool? isIn = null;
        lock (Gate)
        {
            if (state == SocketState.Connecting)
            {
                state = SocketState.Connected;
                isIn = Enter_NeedsLock(entrance);
                if (HasCode) Handlers.QueueConnection();
            }
        }
        if (isIn is null)
        {
            CleanUp(wasConnected: false);
            return;
        }
        SocketIOLog.Connected(Space.Server.Logger, Id, Space.Name, Peer!.RemoteAddress);
        Connection.Session.Flush();
        // It comes back, and the rules are asked again.
        if (isIn == false) Connection.End(DisconnectReason.TransportError);
    }

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
        return hubRoom != Space.HubRooms.Default && Peer is not null && RoomIn(hubRoom) is { } room && Hub.Leave(Peer, room);
    }

    public Room? RoomIn(string hubRoom)
    {
        foreach (var membership in Peer!.Memberships)
        {
            if (membership.Room.Name == hubRoom) return membership.Room;
        }
        return null;
    }

    /// <summary>A packet of the client; valid until the task ends.</summary>
    public ValueTask ReceiveAsync(in Packet packet, FlushBatch batch)
    {
        switch (packet.Type)
        {
            case PacketType.Event when !HasCode:
                return Relay.TakeAsync(this, packet, batch);
            case PacketType.Event:
                Peer!.MessagesIn++;
                return Space.Hub.HasFilters ? FilterAsync(packet, batch) : Handlers.QueueAsync(new SocketIOEvent(Socket, packet));
            case PacketType.Ack:
                // Past the queue: a handler may be waiting for it. How it is read may be the application's.
                batch.Flush();
                if (packet.AckId is { } id) TakeAck(id)?.OnAnswer(packet);
                return default;
            default:
                // Rules hear of it, which may take their time.
                batch.Flush();
                End(DisconnectReason.ClientNamespaceDisconnect);
                return default;
        }
    }

    /// <summary>Answers an event of the client. After the socket's end it goes nowhere.</summary>
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

    /// <summary>Waits for an acknowledgement. False, when as many are waited for as may be; if the socket has ended, the waiter is told at
    /// once.</summary>
    public bool TryExpect(long id, PendingAck ack)
    {
        bool isGone;
        lock (Gate)
        {
            isGone = IsOver;
            if (!isGone)
            {
                acks ??= [];
                if (acks.Count >= Space.Server.Options.MaxPendingAcks || !acks.TryAdd(id, ack)) return false;
            }
        }
        if (isGone) ack.OnGone(endReason);
        else Connection.ReadOn();
        return true;
    }

    /// <summary>Who waits for this acknowledgement, once.</summary>
    public PendingAck? TakeAck(long id)
    {
        lock (Gate) return acks is not null && acks.Remove(id, out var waiter) ? waiter : null;
    }

    /// <summary>Lets its session read on, if it waits for room for more events.</summary>
    public void ReadOn() => handlers?.Release();

    /// <summary>Ends it, once, before it began.</summary>
    public void Abandon(string reason)
    {
        lock (Gate) (state, endReason) = (SocketState.Ended, reason);
        CleanUp(wasConnected: false);
    }

    /// <summary>Ends it. Only the first call counts.</summary>
    public void End(string reason, bool tells = false)
    {
        bool wasConnected;
        lock (Gate)
        {
            if (IsOver) return;
            wasConnected = state == SocketState.Connected;
            if (tells && wasConnected)
            {
                var goodbye = PacketFrame.Encode(OutgoingPacket.Disconnect(Space.NameBytes), Format);
                Peer!.Outbox.TryEnqueue(goodbye, SlowPeerPolicy.Disconnect);
                goodbye.Release();
            }
            (state, endReason) = (SocketState.Ended, reason);
        }
        // Who is still connecting is cleaned up by whoever connects it.
        if (!wasConnected) return;
        CleanUp(wasConnected: true);
        // Sends what there is, and finds that this one has ended.
        Connection.Session.Flush();
    }

    /// <summary>Lets go what its session waits for, as it is to end: a filter, room for more events.</summary>
    public void LetGo()
    {
        Space.Hub.Remove(Peer!, CloseReason.Lost);
        if (Recovery is not null) Space.Recovery!.Stop(Recovery, Peer);
        ReadOn();
    }

    void IPeerLink.Flush() => Connection.Session.Flush();

    void IPeerLink.Expelled(Peer peer, Room room)
    {
        // A client learns of no room but this.
        if (room.Name == Space.HubRooms.Default) End(DisconnectReason.ServerNamespaceDisconnect, tells: true);
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

    /// <summary>
    /// False, when it is not in all of its rooms, and to come back to them: a review has begun since the rules were asked, or one is not to
    /// be had now.
    /// </summary>
    private bool Enter_NeedsLock(in RoomGrant entrance)
    {
        var pid = Space.Recovery is { ComesBack: true } ? Recovery?.Pid : null;
        var json = Format == PacketFormat.JsonV3 ? default : ConnectJson.Granted(Id, pid);
        var connect = PacketFrame.Encode(OutgoingPacket.Connect(Space.NameBytes, json), Format);
        if (Recovery is null) Peer!.Outbox.TryEnqueue(connect, SlowPeerPolicy.Disconnect);
        Space.Add(Socket);
        UpdateListed();
        var isIn = Enter(Space.HubRooms.Default, entrance).Result is JoinResult.Joined or JoinResult.AlreadyIn;
        foreach (var (room, grant) in coming ?? [])
            isIn &= Enter(Space.HubRooms.Of(room), grant).Result is JoinResult.Joined or JoinResult.AlreadyIn;
        if (isIn) coming = null;
        // What it has missed is for who may be where it was: if that is not known now, it is told when it comes back.
        if (Recovery is not null) isIn = isIn && Space.Recovery!.TryCatchUp(Recovery, Peer!, connect);
        connect.Release();
        return isIn;
    }

    private Joined Enter(string hubRoom, in RoomGrant? grant) => Space.Hub.Join(
        Peer!, hubRoom == Space.OwnRoom.Room ? Space.OwnRoom : new JoinRequest { Room = hubRoom }, grant);

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
        await Handlers.QueueAsync(happened).ConfigureAwait(false);
    }

    // It is over: nothing is added to what is let go here.
    private void CleanUp(bool wasConnected)
    {
        var reason = endReason;
        Dictionary<long, PendingAck>? left;
        lock (Gate) (left, acks) = (acks, null);
        foreach (var waiter in left?.Values ?? (IEnumerable<PendingAck>)[]) waiter.OnGone(reason);
        if (Peer is not null) Space.Hub.Remove(Peer, DisconnectReason.ToCloseReason(reason));
        Space.Remove(Socket);
        // Last: it may be back at once, and nothing of this connection is to end that one.
        if (Recovery is not null)
        {
            var rooms = wasConnected && coming is null ? Rooms : [.. (coming ?? []).Select(room => room.Name)];
            Space.Recovery!.End(Recovery, Peer, DisconnectReason.IsRecoverable(reason), rooms, Socket.KeptData);
        }
        if (wasConnected)
        {
            if (HasCode) Handlers.QueueDisconnection(reason);
            ReadOn();
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

    /// <summary>It has left the hub and its namespace, or is about to.</summary>
    Ended,
}
