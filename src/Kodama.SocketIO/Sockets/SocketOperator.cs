namespace Kodama.SocketIO;

/// <summary>One socket, with how it is to be sent to. Immutable, thread-safe.</summary>
public sealed class SocketOperator : SocketSource
{
    private readonly SocketIOSocket socket;

    internal SocketOperator(SocketIOSocket socket, bool isVolatile, TimeSpan? timeout)
    {
        this.socket = socket;
        IsVolatile = isVolatile;
        AckTimeout = timeout;
    }

    internal bool IsVolatile { get; }

    internal TimeSpan? AckTimeout { get; }

    internal override ArgumentJson Json => socket.Json;

    private protected override SocketOperator One => this;

    internal SocketOperator With(bool isVolatile, TimeSpan? timeout) => new(socket, isVolatile, timeout);

    internal void SendNow(string eventName, in Payload arguments) => socket.SendEvent(eventName, arguments, IsVolatile);

    internal async Task<T?> SendWithAckAsync<T>(string eventName, Payload arguments, CancellationToken cancellationToken)
    {
        var id = socket.Namespace.NextAckId();
        var ack = new SingleAck<T>(Json);
        if (!socket.TryExpect(id, ack))
        {
            throw new InvalidOperationException(
                $"{socket.Namespace.Server.Options.MaxPendingAcks} acknowledgements of socket {socket.Id} are missing: "
                    + "wait for some, or give them a shorter timeout, before asking for more.");
        }
        try
        {
            socket.SendEvent(eventName, arguments, IsVolatile, id);
            var timeout = AckTimeout ?? socket.Namespace.Server.Options.AckTimeout;
            return await ack.Task.WaitAsync(timeout, socket.Namespace.Hub.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Socket {socket.Id} has not acknowledged event \"{eventName}\" in time.");
        }
        finally
        {
            socket.Acks.Take(id);
        }
    }
}
