namespace Kodama.SocketIO;

/// <summary>One socket, and how it is to be sent to. Thread-safe.</summary>
public abstract class SocketOperator : EventEmitter
{
    private protected SocketOperator()
    {
    }

    /// <summary>The same, but what is sent is lost if it cannot be sent at once.</summary>
    public SocketOperator Volatile => new Narrowed(Audience with { IsVolatile = true });

    /// <summary>How long an acknowledgement is waited for.</summary>
    public SocketOperator Timeout(TimeSpan timeout) => new Narrowed(Audience with { AckTimeout = timeout });

    /// <summary>Sends an event and answers with the first argument of its acknowledgement.</summary>
    /// <exception cref="TimeoutException">None came in time: <see cref="Timeout"/>, <see cref="SocketIOOptions.AckTimeout"/>.</exception>
    /// <exception cref="SocketIOException">The socket ended before.</exception>
    /// <exception cref="System.Text.Json.JsonException">The answer is no such value.</exception>
    /// <exception cref="InvalidOperationException">Too many acknowledgements of the socket are missing: <see
    /// cref="SocketIOOptions.MaxPendingAcks"/>.</exception>
    public Task<TAck?> EmitWithAckAsync<TAck>(string eventName, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, None).OneAsync(cancellationToken);

    /// <summary>Sends an event with an argument and answers with the first argument of its acknowledgement.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<T, TAck>(string eventName, T argument, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, Arguments.Write(argument)).OneAsync(cancellationToken);

    /// <summary>Sends an event with two arguments and answers with the first argument of its acknowledgement.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<T1, T2, TAck>(
        string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, Arguments.Write(first, second)).OneAsync(cancellationToken);

    /// <summary>The same with three arguments.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<T1, T2, T3, TAck>(
        string eventName, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, Arguments.Write(first, second, third)).OneAsync(cancellationToken);

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<TAck>(string eventName, Payload arguments, CancellationToken cancellationToken = default) =>
        Ask<TAck>(eventName, ArgumentBuffer.Of(arguments)).OneAsync(cancellationToken);

    /// <summary>Sends an event and goes on; the callback is told the first argument of its acknowledgement, or why there is none. It runs
    /// in turn with the handlers of the socket.</summary>
    public void EmitWithAck<TAck>(string eventName, Action<Exception?, TAck?> answered) => Ask(eventName, None, answered);

    /// <summary>The same with an argument.</summary>
    public void EmitWithAck<T, TAck>(string eventName, T argument, Action<Exception?, TAck?> answered) =>
        Ask(eventName, Arguments.Write(argument), answered);

    /// <summary>The same with two arguments.</summary>
    public void EmitWithAck<T1, T2, TAck>(string eventName, T1 first, T2 second, Action<Exception?, TAck?> answered) =>
        Ask(eventName, Arguments.Write(first, second), answered);

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    public void EmitWithAck<TAck>(string eventName, Payload arguments, Action<Exception?, TAck?> answered) =>
        Ask(eventName, ArgumentBuffer.Of(arguments), answered);

    private void Ask<T>(string eventName, ArgumentBuffer arguments, Action<Exception?, T?> answered)
    {
        ArgumentNullException.ThrowIfNull(answered);
        _ = Ask<T>(eventName, arguments).TellAsync(answered);
    }

    private sealed class Narrowed(Audience audience) : SocketOperator
    {
        internal override Audience Audience => audience;
    }
}
