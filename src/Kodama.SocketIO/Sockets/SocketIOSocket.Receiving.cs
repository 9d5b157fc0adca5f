namespace Kodama.SocketIO;

public sealed partial class SocketIOSocket
{
    /// <summary>A packet of the client; valid until the task ends.</summary>
    internal ValueTask ReceiveAsync(in Packet packet, FlushBatch batch)
    {
        switch (packet.Type)
        {
            case PacketType.Event when !hasCode:
                return RelayAsync(packet, batch);
            case PacketType.Event:
                Peer!.MessagesIn++;
                return Namespace.Hub.HasFilters ? FilterAsync(packet, batch) : queue!.AddAsync(new SocketIOEvent(this, packet));
            case PacketType.Ack:
                // Past the queue: a handler may be waiting for it. How it is read may be the application's.
                batch.Flush();
                if (packet.AckId is { } id) acks?.Take(id)?.OnAnswer(packet);
                return default;
            default:
                // Rules hear of it, which may take their time.
                batch.Flush();
                End(DisconnectReason.ClientNamespaceDisconnect);
                return default;
        }
    }

    /// <summary>Runs the handlers of what was queued. Never throws.</summary>
    internal ValueTask HandleAsync(SocketIOEvent happened)
    {
        if (happened.Failure is { } failure)
        {
            Report(failure);
            return default;
        }
        if (happened == SocketIOEvent.Connection) return HandleConnectionAsync();
        return happened == SocketIOEvent.Disconnection ? HandleDisconnectionAsync() : HandleEventAsync(happened);
    }

    /// <summary>The client has sent nonsense: the error handlers hear of it, after what came before.</summary>
    internal void ReportMalformed(string problem)
    {
        if (hasCode) queue?.Add(new SocketIOEvent(new SocketIOException(problem)));
    }

    private void Report(Exception error)
    {
        foreach (var handler in errorHandlers)
        {
            try
            {
                handler(error);
            }
            catch (Exception exception)
            {
                SocketIOLog.HandlerFailed(Namespace.Server.Logger, "error", Id, Namespace.Name, exception);
            }
        }
    }

    private async ValueTask HandleConnectionAsync()
    {
        foreach (var handler in Namespace.ConnectionHandlers)
        {
            try
            {
                await handler(this).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Failed("connection", exception);
            }
        }
    }

    private async ValueTask HandleDisconnectionAsync()
    {
        await TellAsync("disconnecting", disconnectingHandlers).ConfigureAwait(false);
        lock (gate) rooms.Clear();
        await TellAsync("disconnect", disconnectHandlers).ConfigureAwait(false);
    }

    private async ValueTask TellAsync(string name, Func<string, ValueTask>[] told)
    {
        foreach (var handler in told)
        {
            try
            {
                await handler(endReason).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Failed(name, exception);
            }
        }
    }

    private async ValueTask HandleEventAsync(SocketIOEvent happened)
    {
        try
        {
            if (packetMiddlewares.Length > 0
                && await MiddlewareChain.RunAsync(happened, packetMiddlewares).ConfigureAwait(false) is { } refusal)
            {
                Report(refusal);
                return;
            }
        }
        catch (Exception exception)
        {
            Failed(happened.Name, exception);
            return;
        }
        if (handlers is null) return;
        await RunAsync(handlers.Any, happened).ConfigureAwait(false);
        await RunAsync(handlers.Of(happened.Name), happened).ConfigureAwait(false);
    }

    private async ValueTask RunAsync(Func<SocketIOEvent, ValueTask>[] running, SocketIOEvent happened)
    {
        foreach (var handler in running)
        {
            try
            {
                await handler(happened).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Failed(happened.Name, exception);
            }
        }
    }

    private void Failed(string eventName, Exception exception)
    {
        // Whatever a client sends must not fill the log.
        if (exception is System.Text.Json.JsonException)
            SocketIOLog.WrongArgument(Namespace.Server.Logger, eventName, Id, Namespace.Name, exception);
        else SocketIOLog.HandlerFailed(Namespace.Server.Logger, eventName, Id, Namespace.Name, exception);
        Report(exception);
    }
}
