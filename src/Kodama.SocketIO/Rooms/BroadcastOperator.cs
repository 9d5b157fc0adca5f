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

    /// <summary>The same with three arguments.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<T1, T2, T3, TAck>(
        string eventName, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, Arguments.Write(first, second, third), cancellationToken);

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    public Task<BroadcastAcks<TAck>> EmitWithAckAsync<TAck>(
        string eventName, Payload arguments, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, arguments, cancellationToken);

    /// <summary>Sends an event and goes on; the callback is told what came when all have answered or time is over.</summary>
    public void EmitWithAck<TAck>(string eventName, Action<BroadcastAcks<TAck>> answered) => Ask(eventName, ArgumentJson.None, answered);

    /// <summary>The same with an argument.</summary>
    public void EmitWithAck<T, TAck>(string eventName, T argument, Action<BroadcastAcks<TAck>> answered) =>
        Ask(eventName, Arguments.Write(argument), answered);

    /// <summary>The same with two arguments.</summary>
    public void EmitWithAck<T1, T2, TAck>(string eventName, T1 first, T2 second, Action<BroadcastAcks<TAck>> answered) =>
        Ask(eventName, Arguments.Write(first, second), answered);

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    public void EmitWithAck<TAck>(string eventName, Payload arguments, Action<BroadcastAcks<TAck>> answered) =>
        Ask(eventName, arguments, answered);

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

    private Task<BroadcastAcks<T>> AskAsync<T>(string eventName, ArgumentBuffer arguments, CancellationToken cancellationToken)
    {
        using (arguments) return AskAsync<T>(eventName, arguments.Payload, cancellationToken);
    }

    private Task<BroadcastAcks<T>> AskAsync<T>(string eventName, Payload arguments, CancellationToken cancellationToken)
    {
        var ack = new Answers<T>(Arguments);
        Send(eventName, arguments, ack);
        return WaitAsync(ack, Audience, cancellationToken);
    }

    private static async Task<BroadcastAcks<T>> WaitAsync<T>(Answers<T> ack, Audience to, CancellationToken cancellationToken)
    {
        await ack.WaitAsync(to.Patience, to.Space.Hub.Time, cancellationToken).ConfigureAwait(false);
        return ack.All;
    }

    private void Ask<T>(string eventName, ArgumentBuffer arguments, Action<BroadcastAcks<T>> answered)
    {
        using (arguments) Ask(eventName, arguments.Payload, answered);
    }

    private void Ask<T>(string eventName, Payload arguments, Action<BroadcastAcks<T>> answered)
    {
        ArgumentNullException.ThrowIfNull(answered);
        _ = TellAsync(AskAsync<T>(eventName, arguments, CancellationToken.None), eventName, answered);
    }

    private async Task TellAsync<T>(Task<BroadcastAcks<T>> asking, string eventName, Action<BroadcastAcks<T>> answered)
    {
        var answers = await asking.ConfigureAwait(false);
        try
        {
            answered(answers);
        }
        catch (Exception exception)
        {
            SocketIOLog.CallbackFailed(Audience.Space.Server.Logger, eventName, Audience.Space.Name, exception);
        }
    }
}
