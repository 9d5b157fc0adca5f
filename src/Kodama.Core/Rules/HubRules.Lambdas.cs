namespace Kodama;

public sealed partial class HubRules
{
    /// <summary>Asks this whether a peer may stay.</summary>
    public HubRules Validate(Func<Peer, PeerVerdict> validate) => Add(new LambdaValidator((peer, _) => new(validate(peer))));

    /// <summary>Refuses a peer with this text unless it is so.</summary>
    public HubRules Validate(Func<Peer, bool> isAccepted, string refusal) =>
        Validate(peer => isAccepted(peer) ? PeerVerdict.Accepted : PeerVerdict.Refuse(refusal));

    /// <summary>Asks this whether a peer may stay, and waits for the answer.</summary>
    public HubRules Validate(Func<Peer, CancellationToken, ValueTask<PeerVerdict>> validate) => Add(new LambdaValidator(validate));

    /// <summary>Asks this what a peer may do in the room of a name.</summary>
    public HubRules Grant(Func<Peer, string, RoomRights> grant) => Grant((peer, room, _) => grant(peer, room));

    /// <summary>Asks this what a peer may do in the room of a name, with the token that it has brought, or null.</summary>
    public HubRules Grant(Func<Peer, string, string?, RoomRights> grant) =>
        Add(new LambdaRoomRule((peer, room, token, _) => new(grant(peer, room, token))));

    /// <summary>Asks this what a peer may do in the room of a name, with the token that it has brought, and waits for the answer.</summary>
    public HubRules Grant(Func<Peer, string, string?, CancellationToken, ValueTask<RoomRights>> grant) =>
        Add(new LambdaRoomRule(async (peer, room, token, cancellationToken) => await grant(peer, room, token, cancellationToken)));

    /// <summary>The same, with the reason why a peer may not be there.</summary>
    public HubRules Grant(Func<Peer, string, string?, RoomVerdict> grant) =>
        Add(new LambdaRoomRule((peer, room, token, _) => new(grant(peer, room, token))));

    /// <summary>The same, and waits for the answer.</summary>
    public HubRules Grant(Func<Peer, string, string?, CancellationToken, ValueTask<RoomVerdict>> grant) => Add(new LambdaRoomRule(grant));

    /// <summary>
    /// Has this pass, replace or drop each message, and each change of presence or state that a peer wants
    /// (<see cref="Message.Kind"/>). The payload's memory is valid until it returns.
    /// </summary>
    public HubRules Filter(Func<Message, FilterResult> filter) => Add(new LambdaFilter((message, _) => new(filter(message))));

    /// <summary>Drops a message, for this reason, unless it is so.</summary>
    public HubRules Filter(Func<Message, bool> passes, string refusal) =>
        Filter(message => passes(message) ? FilterResult.Pass : FilterResult.Drop(refusal));

    /// <summary>
    /// Has this pass, replace or drop each message. Later messages of the peer wait for it, those of others do not. The payload's memory is
    /// valid until the task ends.
    /// </summary>
    public HubRules Filter(Func<Message, CancellationToken, ValueTask<FilterResult>> filter) => Add(new LambdaFilter(filter));

    /// <summary>Tells this of each peer that has come in, before it joins its room.</summary>
    public HubRules OnConnected(Action<Peer> connected) => Add(new LambdaEvents((peer, _) => Run(() => connected(peer)), null));

    /// <summary>Tells this of each peer that has come in; it joins its room when the task has ended.</summary>
    public HubRules OnConnected(Func<Peer, Task> connected) => OnConnected((peer, _) => connected(peer));

    /// <summary>Tells this of each peer that has come in; it joins its room when the task has ended. The token is cancelled when the
    /// connection ends.</summary>
    public HubRules OnConnected(Func<Peer, CancellationToken, Task> connected) =>
        Add(new LambdaEvents((peer, cancellationToken) => new(connected(peer, cancellationToken)), null));

    /// <summary>Tells this of each peer that has gone, and why.</summary>
    public HubRules OnDisconnected(Action<Peer, CloseReason> disconnected) =>
        Add(new LambdaEvents(null, (peer, reason) => Run(() => disconnected(peer, reason))));

    /// <summary>Tells this of each peer that has gone, and why. Nothing waits for it but the events of this peer behind it.</summary>
    public HubRules OnDisconnected(Func<Peer, CloseReason, Task> disconnected) =>
        Add(new LambdaEvents(null, (peer, reason) => new(disconnected(peer, reason))));

    private static ValueTask Run(Action action)
    {
        action();
        return ValueTask.CompletedTask;
    }

    private sealed class LambdaValidator(Func<Peer, CancellationToken, ValueTask<PeerVerdict>> validate) : IPeerValidator
    {
        public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken) => validate(peer, cancellationToken);
    }

    private sealed class LambdaRoomRule(Func<Peer, string, string?, CancellationToken, ValueTask<RoomVerdict>> grant) : IRoomRule
    {
        public ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken) =>
            grant(peer, room, token, cancellationToken);
    }

    private sealed class LambdaFilter(Func<Message, CancellationToken, ValueTask<FilterResult>> filter) : IMessageFilter
    {
        public ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken) =>
            filter(message, cancellationToken);
    }

    private sealed class LambdaEvents(Func<Peer, CancellationToken, ValueTask>? connected, Func<Peer, CloseReason, ValueTask>? disconnected)
        : IConnectionEvents
    {
        public ValueTask ConnectedAsync(Peer peer, CancellationToken cancellationToken) =>
            connected?.Invoke(peer, cancellationToken) ?? default;

        public ValueTask DisconnectedAsync(Peer peer, CloseReason reason) => disconnected?.Invoke(peer, reason) ?? default;
    }
}
