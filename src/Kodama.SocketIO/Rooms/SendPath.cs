namespace Kodama.SocketIO;

/// <summary>Whom the program sends to, and how: sockets of a namespace, or of all that a parent admits.</summary>
internal readonly record struct Audience(SocketIONamespace Space)
{
    /// <summary>This socket alone; null for those that the rooms name.</summary>
    public SocketIOSocket? Only { get; init; }

    /// <summary>Their rooms; empty for all of the namespace.</summary>
    public string[] Rooms { get; init; } = [];

    /// <summary>Rooms whose sockets do not get it.</summary>
    public string[] Except { get; init; } = [];

    /// <summary>The socket that it comes from, which does not get it either.</summary>
    public SocketIOSocket? Self { get; init; }

    /// <summary>Whether it is for sockets of this hub alone.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Of what another hub tells: whether those of its stream have it from there, and it is for the others.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Whether it is for those only who can take it at once.</summary>
    public bool IsVolatile { get; init; }

    /// <summary>How long acknowledgements are waited for; null for what the options say.</summary>
    public TimeSpan? AckTimeout { get; init; }
}

/// <summary>What is sent: an event, and who waits for the answers, if somebody does.</summary>
internal readonly record struct Call(string Event, Payload Arguments, PendingAck? Ack = null);

/// <summary>
/// The one way of what the program sends, whoever is to get it: to a room it is a message like any other, ordered and encoded once; to one
/// socket, to several rooms, volatile or with an acknowledgement it goes to each, outside the order of any room. Waits for nobody.
/// </summary>
internal sealed class SendPath(SocketIONamespace space)
{
    public void Send(in Audience to, in Call call)
    {
        var neighbours = to.IsLocal || to.Only is not null ? null : space.Server.Neighbours;
        if (space.IsParent)
        {
            // Each hub has namespaces of its own that it admits.
            neighbours?.Emit(to, call);
            foreach (var child in space.Children) child.Sending.Send(neighbours is null ? to : to with { IsLocal = true }, call);
            return;
        }
        if (to.Only?.Link is { State: SocketState.Connecting })
        {
            throw new InvalidOperationException(
                $"Socket {to.Only.Id} is not connected yet: send \"{call.Event}\" in a connection handler, not in middleware.");
        }
        if (space.HasOutgoingListeners) TellOutgoing(to, call);
        // Flushed at once: the handler that sends may block before it returns.
        using var batch = FlushBatch.Rent();
        if (call.Ack is { } ack)
        {
            neighbours?.Emit(to, call);
            Ask(to, call, ack, batch);
        }
        else if (to.Only is { } socket && (socket.Link.Recovery is null || space.Recovery is { ComesBack: false }))
        {
            SendTo(socket, to, call, batch);
        }
        else if (!TryPublish(to, call, batch))
        {
            neighbours?.Emit(to with { IsStreamed = space.Recovery is not null && !to.IsVolatile }, call);
            SendApart(to, call, batch);
        }
    }

    /// <summary>The sockets of the namespace that it is for.</summary>
    public IEnumerable<SocketIOSocket> Select(Audience to) => space.IsParent
        ? space.Children.SelectMany(child => child.Sending.Select(to))
        : Resolve(to).Select(OwnSocket).OfType<SocketIOSocket>().Where(static socket => socket.Connected);

    private void SendTo(SocketIOSocket socket, in Audience to, in Call call, FlushBatch batch)
    {
        if (!socket.Connected || (to.IsVolatile && !IsWritable(socket.Peer!))) return;
        if (socket.Link.Recovery is not null)
        {
            space.Hub.SendDirect([socket.Peer!], call.Arguments, call.Event, batch);
            return;
        }
        var message = MessageOf(call);
        var frame = socket.Peer!.Encoder.Encode(message);
        space.Hub.CountDirect(message, socket.Link.Deliver(frame, batch) ? 1 : 0, frame.Length);
        frame.Release();
    }

    /// <summary>The way of a message to one room: encoded and ordered once, whoever is in it.</summary>
    private bool TryPublish(in Audience to, in Call call, FlushBatch batch)
    {
        if (to.Only is not null || to.IsVolatile || to.Rooms.Length > 1) return false;
        if (to.Rooms is [var id] && space.FindSocket(id) is not null) return false;
        // Sockets that are away have been in rooms, not only those that are there to be excepted, and so have those elsewhere.
        var isAlone = space.Server.Neighbours is null;
        if ((space.Recovery is not null || !isAlone) && to.Except.Length > 0) return false;
        if (!isAlone && to.IsLocal) return false;
        HashSet<Peer>? except = null;
        if (to.Except.Length > 0) except = PeersOf(to.Except);
        if (to.Self?.Peer is { } self) (except ??= []).Add(self);
        var standing = default(Standing);
        if (space.Recovery is { Shared: { } order } stream)
        {
            if (to.Rooms is [var one] && SocketId.IsLike(one)) return false;
            // Its sockets get all that this program sends in one order, and who is in the room by another door gets it there.
            stream.Send(MessageOf(call), Write(to), isVolatile: false, isLocal: false, batch);
            if (space.Server.IsClosed(space) && !space.Server.Options.AllowEIO3) return true;
            standing = standing with { WithoutAuthor = order };
        }
        while (true)
        {
            if (RoomOf(to, isAlone) is not { } room) return standing.WithoutAuthor is not null || (isAlone && space.Recovery is null);
            var published = room.Publisher.Publish(
                new Message(null, room, call.Event, call.Arguments, space.Hub.Time.GetUtcNow()), batch, except, standing: standing);
            // It vanished at this moment: others may be in it elsewhere.
            if (published.Code != RefusalCode.RoomGone || isAlone)
                return published.Refusal is null || space.Recovery is null || standing.WithoutAuthor is not null;
            space.Hub.RoomRegistry.Forget(room);
        }
    }

    /// <summary>The room of the hub that it is for; null, where there is none here. Sockets of other hubs may be in one that nobody is in
    /// here, unless it is named like a socket.</summary>
    private Room? RoomOf(in Audience to, bool isAlone)
    {
        var name = to.Rooms is [var one] ? space.HubRooms.Of(one) : space.HubRooms.Default;
        if (space.Hub.FindRoom(name) is { } known) return known;
        if (isAlone || (to.Rooms is [var id] && SocketId.IsLike(id)) || !RoomName.IsValid(name)) return null;
        return space.Hub.RoomRegistry.TryOpen(name, out var room) == RefusalCode.None ? room : null;
    }

    /// <summary>To each by itself; with recovery also to those that are away, when they are back.</summary>
    private void SendApart(in Audience to, in Call call, FlushBatch batch)
    {
        if (space.Recovery is not { } stream)
        {
            space.Hub.SendDirect(Resolve(to), call.Arguments, call.Event, batch);
            return;
        }
        if (to.Only is { Link.Recovery.IsOver: true }) return;
        Peer[] others = to.Only is null ? [.. Resolve(to).Where(peer => peer.Encoder != stream)] : [];
        if (!to.IsStreamed) stream.Send(MessageOf(call), Write(to), to.IsVolatile, to.IsLocal, batch);
        if (others.Length > 0) space.Hub.SendDirect(others, call.Arguments, call.Event, batch);
    }

    /// <summary>Sockets get it with an id under which they answer; peers of other doors have none.</summary>
    private void Ask(in Audience to, in Call call, PendingAck ack, FlushBatch batch)
    {
        var id = space.NextAckId();
        var frames = new Frame[(int)PacketFormat.JsonV3 + 1];
        var others = new List<Peer>();
        var (asked, bytes) = (0, 0L);
        foreach (var peer in Resolve(to))
        {
            if (OwnSocket(peer) is not { } socket)
            {
                others.Add(peer);
                continue;
            }
            // Who comes back is told first that it has.
            if (to.Only is null && socket.Link.Recovery is { } session && session.Listener != peer) continue;
            if (!ack.TryExpect(socket.Link, id) || (to is { IsVolatile: true, Only: not null } && !IsWritable(peer))) continue;
            ref var frame = ref frames[(int)socket.Link.Format];
            if (frame.IsEmpty)
            {
                var packet = OutgoingPacket.ForEvent(space.NameBytes, call.Event, call.Arguments, id);
                frame = PacketFrame.Encode(packet, socket.Link.Format);
            }
            if (!socket.Link.Deliver(frame, batch)) continue;
            asked++;
            bytes += frame.Length;
        }
        foreach (var frame in frames) frame.Release();
        if (asked > 0) space.Hub.CountDirect(MessageOf(call), asked, bytes);
        if (others.Count > 0) space.Hub.SendDirect(others, call.Arguments, call.Event, batch);
    }

    private void TellOutgoing(in Audience to, in Call call)
    {
        foreach (var peer in Resolve(to with { IsVolatile = false }))
        {
            if (OwnSocket(peer) is { Link.ListensToOutgoing: true } socket)
                socket.Link.Handlers.TellOutgoing(new SocketIOEvent(socket, call.Event, call.Arguments));
        }
    }

    private HashSet<Peer> Resolve(in Audience to)
    {
        HashSet<Peer> peers;
        if (to.Only is { } only) peers = only.Link.Peer is { } one ? [one] : [];
        else if (to.Rooms.Length > 0) peers = PeersOf(to.Rooms);
        else peers = [.. space.Hub.FindRoom(space.HubRooms.Default)?.Peers ?? []];
        if (to.Except.Length > 0) peers.ExceptWith(PeersOf(to.Except));
        if (to.Self?.Peer is { } self) peers.Remove(self);
        if (to is { IsVolatile: true, Only: null }) peers.RemoveWhere(static peer => !IsWritable(peer));
        return peers;
    }

    private HashSet<Peer> PeersOf(string[] rooms)
    {
        var peers = new HashSet<Peer>();
        foreach (var room in rooms)
        {
            if (space.FindSocket(room)?.Peer is { } peer) peers.Add(peer);
            if (space.Hub.FindRoom(space.HubRooms.Of(room)) is { } found) peers.UnionWith(found.Peers);
        }
        return peers;
    }

    // A name may be that of a room and the id of a socket, which may be away.
    private AudienceWriter Write(in Audience to)
    {
        var written = AudienceWriter.Begin();
        if (to.Only is { } only) return written.Add(AudiencePart.Id, only.Id);
        if (to.Rooms.Length == 0) written.Add(AudiencePart.Room, space.HubRooms.Default);
        foreach (var room in to.Rooms) written.Add(AudiencePart.Room, space.HubRooms.Of(room)).Add(AudiencePart.Id, room);
        foreach (var room in to.Except) written.Add(AudiencePart.ExceptRoom, space.HubRooms.Of(room)).Add(AudiencePart.ExceptId, room);
        return to.Self is { } self ? written.Add(AudiencePart.ExceptId, self.Id) : written;
    }

    private Message MessageOf(in Call call) => new(null, null, call.Event, call.Arguments, space.Hub.Time.GetUtcNow());

    private SocketIOSocket? OwnSocket(Peer peer) => SocketPeer.Of(peer) is { } link && link.Space == space ? link.Socket : null;

    /// <summary>Whether a peer's transport can take something at once.</summary>
    internal static bool IsWritable(Peer peer) =>
        peer.Outbox.QueuedBytes == 0 && (SocketPeer.Of(peer) is not { } link || link.Connection.Session.IsWritable);
}
