namespace Kodama.SocketIO;

/// <summary>A socket as it was when it was asked for, at whichever hub of the cluster it is. What is done with it is done there.</summary>
public sealed class RemoteSocket : EventEmitter
{
    private readonly SocketIONamespace space;

    internal RemoteSocket(
        SocketIONamespace space, string id, IReadOnlyCollection<string> rooms, IReadOnlyDictionary<string, object?> data,
        HandshakeInfo handshake)
    {
        (this.space, Id, Rooms, Data, Handshake) = (space, id, rooms, data, handshake);
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The rooms that it was in, its own of its id among them.</summary>
    public IReadOnlyCollection<string> Rooms { get; }

    /// <summary>What the program kept with it, of a socket elsewhere as far as it is texts, numbers, booleans and nulls.</summary>
    public IReadOnlyDictionary<string, object?> Data { get; }

    /// <summary>What its client said when it connected. Its principal is known to its own hub alone.</summary>
    public HandshakeInfo Handshake { get; }

    internal override Audience Audience => new(space) { Rooms = [Id] };

    private BroadcastOperator Operator => BroadcastOperator.Narrow(Audience);

    /// <summary>Takes it into rooms.</summary>
    public void Join(params ReadOnlySpan<string> rooms) => Operator.SocketsJoin(rooms);

    /// <summary>Takes it out of rooms.</summary>
    public void Leave(params ReadOnlySpan<string> rooms) => Operator.SocketsLeave(rooms);

    /// <summary>Ends it: the client learns that this side did, and does not come back by itself.</summary>
    /// <param name="close">Whether the connection ends too, with the other namespaces that the client is in.</param>
    public void Disconnect(bool close = false) => Operator.DisconnectSockets(close);

    /// <summary>Sends an event and answers with the first argument of its acknowledgement.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public async Task<TAck?> EmitWithAckAsync<TAck>(string eventName, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Answer(await Operator.Timeout(timeout).EmitWithAckAsync<TAck>(eventName, cancellationToken).ConfigureAwait(false), eventName);

    /// <summary>The same with an argument.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public async Task<TAck?> EmitWithAckAsync<T, TAck>(
        string eventName, T argument, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Answer(
            await Operator.Timeout(timeout).EmitWithAckAsync<T, TAck>(eventName, argument, cancellationToken).ConfigureAwait(false),
            eventName);

    private TAck? Answer<TAck>(BroadcastAcks<TAck> acks, string eventName) => acks.Answers is [var answer, ..]
        ? answer
        : throw new TimeoutException($"Socket {Id} has not acknowledged event \"{eventName}\" in time, or has gone.");
}

/// <summary>Sockets of all hubs.</summary>
/// <param name="Sockets">As they were when their hubs were asked.</param>
/// <param name="MissingHubs">Hubs that are there, or may be, and have not answered within a second, or not with all; by their ids.</param>
public sealed record FetchedSockets(IReadOnlyList<RemoteSocket> Sockets, IReadOnlyList<string> MissingHubs);
