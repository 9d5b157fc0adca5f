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

    private async Task<T?> AskAsync<T>(string eventName, Payload arguments, CancellationToken cancellationToken)
    {
        var to = Audience;
        var ack = new Answers<T>(Arguments);
        Send(eventName, arguments, ack);
        var inTime = await ack.WaitAsync(to.Patience, to.Space.Hub.Time, cancellationToken).ConfigureAwait(false);
        if (!inTime) throw new TimeoutException($"Socket {to.Only!.Id} has not acknowledged event \"{eventName}\" in time.");
        return ack.Only;
    }
}
