namespace Kodama.SocketIO;

/// <summary>Sockets to send to and to act on: all of a namespace, or some of them. Immutable: every step makes another.
/// Thread-safe.</summary>
public abstract class BroadcastOperator : EventEmitter
{
    private protected BroadcastOperator()
    {
    }

    /// <summary>The same, but of this hub alone, where several share their rooms.</summary>
    public BroadcastOperator Local => Narrow(Audience with { IsLocal = true });

    /// <summary>The same, but what is sent is lost for whom it cannot be sent to at once.</summary>
    public BroadcastOperator Volatile => Narrow(Audience with { IsVolatile = true });

    /// <summary>Those that are in one of these rooms; a socket's id is a room too. Called again, it adds rooms.</summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) =>
        Narrow(Audience with { Rooms = Audience.Rooms is [] ? rooms.ToArray() : [.. Audience.Rooms, .. rooms] });

    /// <summary>The same as <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => To(rooms);

    /// <summary>Those that are in none of these rooms.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) =>
        Narrow(Audience with { Except = [.. Audience.Except, .. rooms] });

    /// <summary>How long acknowledgements are waited for.</summary>
    public BroadcastOperator Timeout(TimeSpan timeout) => Narrow(Audience with { AckTimeout = timeout });

    /// <summary>Sends an event that is to be acknowledged, and answers with what came until all had answered or time was over. The answer
    /// of a client is the first argument of its acknowledgement.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<TAck>(string eventName, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, None).AllAsync(cancellationToken);

    /// <summary>The same with an argument.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<T, TAck>(
        string eventName, T argument, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, Arguments.Write(argument)).AllAsync(cancellationToken);

    /// <summary>The same with two arguments.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<T1, T2, TAck>(
        string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, Arguments.Write(first, second)).AllAsync(cancellationToken);

    /// <summary>The same with three arguments.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<T1, T2, T3, TAck>(
        string eventName, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, Arguments.Write(first, second, third)).AllAsync(cancellationToken);

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<TAck>(
        string eventName, Payload arguments, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, ArgumentBuffer.Of(arguments)).AllAsync(cancellationToken);

    /// <summary>Sends an event and goes on; the callback is told what came when all have answered or time is over.</summary>
    public void EmitWithAck<TAck>(string eventName, Action<BroadcastAcks<TAck>> answered) => Ask(eventName, None, answered);

    /// <summary>The same with an argument.</summary>
    public void EmitWithAck<T, TAck>(string eventName, T argument, Action<BroadcastAcks<TAck>> answered) =>
        Ask(eventName, Arguments.Write(argument), answered);

    /// <summary>The same with two arguments.</summary>
    public void EmitWithAck<T1, T2, TAck>(string eventName, T1 first, T2 second, Action<BroadcastAcks<TAck>> answered) =>
        Ask(eventName, Arguments.Write(first, second), answered);

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    public void EmitWithAck<TAck>(string eventName, Payload arguments, Action<BroadcastAcks<TAck>> answered) =>
        Ask(eventName, ArgumentBuffer.Of(arguments), answered);

    /// <summary>These sockets of this hub, as they are at this moment.</summary>
    public IReadOnlyList<SocketIOSocket> FetchSockets() => [.. Audience.Space.Sending.Select(Audience)];

    /// <summary>These sockets of all hubs of the cluster, as they are when their hubs are asked: a second at most.</summary>
    public async Task<FetchedSockets> FetchSocketsAsync()
    {
        var to = Audience;
        var own = FetchSockets().Select(static socket => new RemoteSocket(
            socket.Namespace, socket.Id, socket.Rooms, socket.Data.AsReadOnly(), socket.Handshake));
        if (to.IsLocal || to.Space.Server.Neighbours is not { } neighbours) return new FetchedSockets([.. own], []);
        var (others, missing) = await neighbours.FetchAsync(to).ConfigureAwait(false);
        return new FetchedSockets([.. own, .. others], missing);
    }

    /// <summary>Takes these sockets into rooms, at whichever hub they are.</summary>
    /// <exception cref="ArgumentException">No room can have the name: <see cref="RoomName.Rule"/>.</exception>
    public void SocketsJoin(params ReadOnlySpan<string> rooms)
    {
        var space = Audience.Space;
        foreach (var room in rooms) RoomName.ThrowIfInvalid(space.HubRooms.Of(room), nameof(rooms));
        Move(SocketMove.Join, rooms);
    }

    /// <summary>Takes these sockets out of rooms, at whichever hub they are.</summary>
    public void SocketsLeave(params ReadOnlySpan<string> rooms) => Move(SocketMove.Leave, rooms);

    /// <summary>Disconnects these sockets, at whichever hub they are.</summary>
    /// <param name="close">Whether their connections end too, with the other namespaces that they are in.</param>
    public void DisconnectSockets(bool close = false) => Move(close ? SocketMove.Close : SocketMove.Disconnect, []);

    internal static BroadcastOperator Narrow(in Audience audience) => new Narrowed(audience);

    private void Move(SocketMove move, ReadOnlySpan<string> rooms)
    {
        var to = Audience;
        if (!to.IsLocal) to.Space.Server.Neighbours?.Move(to, move, rooms);
        foreach (var socket in FetchSockets()) socket.Do(move, rooms);
    }

    private void Ask<T>(string eventName, ArgumentBuffer arguments, Action<BroadcastAcks<T>> answered)
    {
        ArgumentNullException.ThrowIfNull(answered);
        _ = Ask<T>(eventName, arguments).TellAsync(answered);
    }

    private sealed class Narrowed(Audience audience) : BroadcastOperator
    {
        internal override Audience Audience => audience;
    }
}
