namespace Kodama.SocketIO;

/// <summary>One socket, and how it is to be sent to. Thread-safe.</summary>
public class SocketOperator : EventEmitter
{
    private readonly Audience audience;

    internal SocketOperator(in Audience audience)
    {
        this.audience = audience;
    }

    private protected SocketOperator()
    {
    }

    internal override Audience Audience => audience;

    /// <summary>The same, but what is sent is lost if it cannot be sent at once.</summary>
    public SocketOperator Volatile => new(Audience with { IsVolatile = true });

    /// <summary>How long an acknowledgement is waited for.</summary>
    public SocketOperator Timeout(TimeSpan timeout) => new(Audience with { AckTimeout = timeout });

    /// <summary>Sends an event and answers with the first argument of its acknowledgement.</summary>
    /// <exception cref="TimeoutException">None came in time: <see cref="Timeout"/>, <see cref="SocketIOOptions.AckTimeout"/>.</exception>
    /// <exception cref="SocketIOException">The socket ended before.</exception>
    /// <exception cref="System.Text.Json.JsonException">The answer is no such value.</exception>
    /// <exception cref="InvalidOperationException">Too many acknowledgements of the socket are missing: <see
    /// cref="SocketIOOptions.MaxPendingAcks"/>.</exception>
    public Task<TAck?> EmitWithAckAsync<TAck>(string eventName, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, ArgumentJson.None, cancellationToken);

    /// <summary>Sends an event with an argument and answers with the first argument of its acknowledgement.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<T, TAck>(string eventName, T argument, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, Arguments.Write(argument), cancellationToken);

    /// <summary>Sends an event with two arguments and answers with the first argument of its acknowledgement.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<T1, T2, TAck>(
        string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, Arguments.Write(first, second), cancellationToken);

    /// <summary>The same with three arguments.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<T1, T2, T3, TAck>(
        string eventName, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, Arguments.Write(first, second, third), cancellationToken);

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<TAck>(string eventName, Payload arguments, CancellationToken cancellationToken = default) =>
        AskAsync<TAck>(eventName, arguments, cancellationToken);

    /// <summary>Sends an event and goes on; the callback is told the first argument of its acknowledgement, or why there is none. It runs
    /// in turn with the handlers of the socket.</summary>
    public void EmitWithAck<TAck>(string eventName, Action<Exception?, TAck?> answered) => Ask(eventName, ArgumentJson.None, answered);

    /// <summary>The same with an argument.</summary>
    public void EmitWithAck<T, TAck>(string eventName, T argument, Action<Exception?, TAck?> answered) =>
        Ask(eventName, Arguments.Write(argument), answered);

    /// <summary>The same with two arguments.</summary>
    public void EmitWithAck<T1, T2, TAck>(string eventName, T1 first, T2 second, Action<Exception?, TAck?> answered) =>
        Ask(eventName, Arguments.Write(first, second), answered);

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    public void EmitWithAck<TAck>(string eventName, Payload arguments, Action<Exception?, TAck?> answered) =>
        Ask(eventName, arguments, answered);

    private Task<T?> AskAsync<T>(string eventName, ArgumentBuffer arguments, CancellationToken cancellationToken)
    {
        using (arguments) return AskAsync<T>(eventName, arguments.Payload, cancellationToken);
    }

    private Task<T?> AskAsync<T>(string eventName, Payload arguments, CancellationToken cancellationToken)
    {
        var ack = new Answers<T>(Arguments);
        Send(eventName, arguments, ack);
        return WaitAsync(ack, Audience, eventName, cancellationToken);
    }

    private static async Task<T?> WaitAsync<T>(Answers<T> ack, Audience to, string eventName, CancellationToken cancellationToken)
    {
        var inTime = await ack.WaitAsync(to.Patience, to.Space.Hub.Time, cancellationToken).ConfigureAwait(false);
        if (!inTime) throw new TimeoutException($"Socket {to.Only!.Id} has not acknowledged event \"{eventName}\" in time.");
        return ack.Only;
    }

    private void Ask<T>(string eventName, ArgumentBuffer arguments, Action<Exception?, T?> answered)
    {
        using (arguments) Ask(eventName, arguments.Payload, answered);
    }

    // Asked before it returns: a socket that is not connected yet, or a reserved name, is the caller's error.
    private void Ask<T>(string eventName, Payload arguments, Action<Exception?, T?> answered)
    {
        ArgumentNullException.ThrowIfNull(answered);
        _ = TellAsync(AskAsync<T>(eventName, arguments, CancellationToken.None), eventName, answered);
    }

    private async Task TellAsync<T>(Task<T?> asking, string eventName, Action<Exception?, T?> answered)
    {
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failure = asking.Exception?.InnerException;
        var answer = failure is null ? asking.Result : default;
        Audience.Only!.Link.Queue(SocketIOEvent.Answered(eventName, () => answered(failure, answer)));
    }
}
