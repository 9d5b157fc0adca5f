namespace Kodama.SocketIO;

/// <summary>Sockets to send to and to act on: all of a namespace, or some of them. Immutable: every step makes another.
/// Thread-safe.</summary>
public class BroadcastOperator : EventEmitter
{
    private readonly Audience audience;

    internal BroadcastOperator(in Audience audience)
    {
        this.audience = audience;
    }

    private protected BroadcastOperator()
    {
    }

    internal override Audience Audience => audience;

    /// <summary>As it is: there is one server. For code that comes from node.</summary>
    public BroadcastOperator Local => new(Audience);

    /// <summary>The same, but what is sent is lost for whom it cannot be sent to at once.</summary>
    public BroadcastOperator Volatile => new(Audience with { IsVolatile = true });

    /// <summary>Those that are in one of these rooms; a socket's id is a room too. Called again, it adds rooms.</summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) =>
        new(Audience with { Rooms = Audience.Rooms is [] ? rooms.ToArray() : [.. Audience.Rooms, .. rooms] });

    /// <summary>The same as <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => To(rooms);

    /// <summary>Those that are in none of these rooms.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) =>
        new(Audience with { Except = [.. Audience.Except, .. rooms] });

    /// <summary>How long acknowledgements are waited for.</summary>
    public BroadcastOperator Timeout(TimeSpan timeout) => new(Audience with { AckTimeout = timeout });

    /// <summary>Sends an event that is to be acknowledged, and answers with what came until all had answered or time was over. The answer
    /// of a client is the first argument of its acknowledgement.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<TAck>(string eventName, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, ArgumentJson.None, cancellationToken);

    /// <summary>The same with an argument.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<T, TAck>(
        string eventName, T argument, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, Arguments.Write(argument), cancellationToken);

    /// <summary>The same with two arguments.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<T1, T2, TAck>(
        string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, Arguments.Write(first, second), cancellationToken);

    /// <summary>These sockets, as they are at this moment.</summary>
    public IReadOnlyList<SocketIOSocket> FetchSockets() => [.. Audience.Space.Sending.Select(Audience)];

    /// <summary>Takes these sockets into rooms.</summary>
    public void SocketsJoin(params ReadOnlySpan<string> rooms)
    {
        foreach (var socket in FetchSockets()) socket.JoinAsync(rooms);
    }

    /// <summary>Takes these sockets out of rooms.</summary>
    public void SocketsLeave(params ReadOnlySpan<string> rooms)
    {
        foreach (var socket in FetchSockets()) socket.LeaveAsync(rooms);
    }

    /// <summary>Disconnects these sockets.</summary>
    /// <param name="close">Whether their connections end too, with the other namespaces that they are in.</param>
    public void DisconnectSockets(bool close = false)
    {
        foreach (var socket in FetchSockets()) socket.Disconnect(close);
    }

    private async Task<BroadcastAcks<T>> AskAsync<T>(string eventName, Payload arguments, CancellationToken cancellationToken)
    {
        var to = Audience;
        var ack = new Answers<T>(Arguments);
        Send(eventName, arguments, ack);
        await ack.WaitAsync(to.Patience, to.Space.Hub.Time, cancellationToken).ConfigureAwait(false);
        return ack.All;
    }
}
