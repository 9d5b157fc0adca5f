namespace Kodama.SocketIO;

/// <summary>One socket to send to. Thread-safe.</summary>
public abstract class SocketSource : EventEmitter
{
    private protected SocketSource()
    {
    }

    private protected abstract SocketOperator One { get; }

    /// <summary>The same, but what is sent is lost if it cannot be sent at once.</summary>
    public SocketOperator Volatile => One.With(isVolatile: true, One.AckTimeout);

    /// <summary>How long an acknowledgement is waited for.</summary>
    public SocketOperator Timeout(TimeSpan timeout) => One.With(One.IsVolatile, timeout);

    /// <summary>Sends an event and answers with the first argument of its acknowledgement.</summary>
    /// <exception cref="TimeoutException">None came in time: <see cref="Timeout"/>, <see cref="SocketIOOptions.AckTimeout"/>.</exception>
    /// <exception cref="SocketIOException">The socket ended before.</exception>
    /// <exception cref="System.Text.Json.JsonException">The answer is no such value.</exception>
    /// <exception cref="InvalidOperationException">Too many acknowledgements of the socket are missing: <see
    /// cref="SocketIOOptions.MaxPendingAcks"/>.</exception>
    public Task<TAck?> EmitWithAckAsync<TAck>(string eventName, CancellationToken cancellationToken = default) =>
        One.SendWithAckAsync<TAck>(Checked(eventName), ArgumentJson.None, cancellationToken);

    /// <summary>Sends an event with an argument and answers with the first argument of its acknowledgement.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<T, TAck>(string eventName, T argument, CancellationToken cancellationToken = default) =>
        One.SendWithAckAsync<TAck>(Checked(eventName), Json.Write(argument), cancellationToken);

    /// <summary>Sends an event with two arguments and answers with the first argument of its acknowledgement.</summary>
    /// <inheritdoc cref="EmitWithAckAsync{TAck}(string, CancellationToken)" path="/exception"/>
    public Task<TAck?> EmitWithAckAsync<T1, T2, TAck>(
        string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        One.SendWithAckAsync<TAck>(Checked(eventName), Json.Write(first, second), cancellationToken);

    private protected override void Publish(string eventName, in Payload arguments) => One.SendNow(eventName, arguments);
}
