namespace Kodama.SocketIO;

public sealed partial class SocketIONamespace
{
    /// <summary>Sends an event to whom the targets name; waits for nobody.</summary>
    internal void Broadcast(in BroadcastTargets targets, string eventName, in Payload arguments)
    {
        if (IsParent)
        {
            foreach (var child in Children) child.Broadcast(targets, eventName, arguments);
            return;
        }
        if (outgoingListeners > 0) TellOutgoing(targets, eventName, arguments);
        using var batch = FlushBatch.Rent();
        if (TryPublish(targets, eventName, arguments, batch)) return;
        if (Recovery is null)
        {
            Hub.SendDirect(Resolve(targets), arguments, eventName, batch);
            return;
        }
        var message = new Message(null, null, eventName, arguments, Hub.Time.GetUtcNow());
        var except = targets.Except.Length == 0 ? null : KeysOf(targets.Except);
        Recovery.Send(Keys(targets.Rooms), except, targets.Self, message, targets.IsVolatile, batch);
    }

    /// <summary>Sends an event with an ack id to sockets, and what has none to peers of other doors.</summary>
    internal async Task<BroadcastAcks<T>> BroadcastWithAckAsync<T>(
        BroadcastTargets targets, string eventName, Payload arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var asked = new List<(SocketIOSocket Socket, long Id)>();
        var ack = new BroadcastAck<T>(Json);
        try
        {
            foreach (var space in IsParent ? Children : [this]) space.Ask(targets, eventName, arguments, ack, asked);
            ack.Begin();
            await ack.AllAnswered.WaitAsync(timeout, Hub.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Those that came are the result.
        }
        finally
        {
            foreach (var (socket, id) in asked) socket.Acks.Take(id);
        }
        return ack.Result;
    }

    /// <summary>The sockets of this namespace that the targets name.</summary>
    internal IReadOnlyList<SocketIOSocket> Select(BroadcastTargets targets) => IsParent
        ? [.. Children.SelectMany(child => child.Select(targets))]
        : [.. Resolve(targets).Select(peer => peer.Link).OfType<SocketIOSocket>()
            .Where(socket => socket.Namespace == this && socket.Connected)];

    private void Ask<T>(
        in BroadcastTargets targets, string eventName, in Payload arguments, BroadcastAck<T> ack, List<(SocketIOSocket, long)> asked)
    {
        var id = NextAckId();
        var frames = new AckFrames(this, eventName, arguments, id);
        var others = new List<Peer>();
        if (outgoingListeners > 0) TellOutgoing(targets, eventName, arguments);
        using var batch = FlushBatch.Rent();
        foreach (var peer in Resolve(targets))
        {
            if (peer.Link is not SocketIOSocket socket || socket.Namespace != this)
            {
                others.Add(peer);
                continue;
            }
            ack.Expect();
            asked.Add((socket, id));
            if (!socket.TryExpect(id, ack)) ack.OnGone("");
            else batch.Deliver(peer, frames.For(socket), SlowPeerPolicy.Disconnect);
        }
        frames.Release();
        if (others.Count > 0) Hub.SendDirect(others, arguments, eventName, batch);
    }

    /// <summary>The way of a message to one room: encoded and ordered once, whoever is in it.</summary>
    private bool TryPublish(in BroadcastTargets targets, string eventName, in Payload arguments, FlushBatch batch)
    {
        if (targets.IsVolatile || targets.Rooms.Length > 1) return false;
        if (targets.Rooms is [var id] && sockets.ContainsKey(id)) return false;
        // Sockets that are away have been in rooms, not only those that are there to be excepted.
        if (Recovery is not null && targets.Except.Length > 0) return false;
        var room = Hub.FindRoom(targets.Rooms is [var name] ? HubRooms.Of(name) : HubRooms.Default);
        if (room is null) return Recovery is null;
        HashSet<Peer>? except = null;
        if (targets.Except.Length > 0) except = PeersOf(targets.Except);
        if (targets.Self?.Peer is { } self) (except ??= []).Add(self);
        var published = room.Publisher.Publish(new Message(null, room, eventName, arguments, Hub.Time.GetUtcNow()), batch, except);
        return published.Offset > 0 || Recovery is null;
    }

    private HashSet<Peer> Resolve(in BroadcastTargets targets)
    {
        var peers = targets.Rooms.Length > 0 ? PeersOf(targets.Rooms) : [.. Hub.FindRoom(HubRooms.Default)?.Peers ?? []];
        if (targets.Except.Length > 0) peers.ExceptWith(PeersOf(targets.Except));
        if (targets.Self?.Peer is { } self) peers.Remove(self);
        if (targets.IsVolatile) peers.RemoveWhere(static peer => !SocketIOSocket.IsWritable(peer));
        return peers;
    }

    private HashSet<Peer> PeersOf(string[] rooms)
    {
        var peers = new HashSet<Peer>();
        foreach (var room in rooms)
        {
            if (FindSocket(room)?.Peer is { } peer) peers.Add(peer);
            if (Hub.FindRoom(HubRooms.Of(room)) is { } found) peers.UnionWith(found.Peers);
        }
        return peers;
    }

    private object Keys(string[] rooms) => rooms.Length == 0 ? HubRooms.Default : KeysOf(rooms);

    // A name may be that of a room and the id of a socket, which may be away.
    private string[] KeysOf(string[] rooms) => [.. rooms.SelectMany(room => new[] { HubRooms.Of(room), RecoveryTrack.OwnRoomOf(room) })];

    private void TellOutgoing(in BroadcastTargets targets, string eventName, in Payload arguments)
    {
        foreach (var peer in Resolve(targets))
        {
            if (peer.Link is SocketIOSocket socket && socket.Namespace == this) socket.TellOutgoing(eventName, arguments);
        }
    }
}
