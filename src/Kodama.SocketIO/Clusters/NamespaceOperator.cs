namespace Kodama.SocketIO;

/// <summary>All sockets of a namespace, and the program at the other hubs that serves it.</summary>
public abstract class NamespaceOperator : BroadcastOperator
{
    private protected NamespaceOperator()
    {
    }

    private SocketIONamespace Space => Audience.Space;

    /// <summary>Says something to the program at all other hubs of the cluster: <see cref="OnServerSide(string,
    /// Action{ServerSideEvent})"/>. Where there are none, nothing happens.</summary>
    public void ServerSideEmit(string eventName) => Tell(eventName, None);

    /// <summary>The same with an argument.</summary>
    public void ServerSideEmit<T>(string eventName, T argument) => Tell(eventName, Arguments.Write(argument));

    /// <summary>The same with two arguments.</summary>
    public void ServerSideEmit<T1, T2>(string eventName, T1 first, T2 second) => Tell(eventName, Arguments.Write(first, second));

    /// <summary>The same with arguments that are JSON already, a text or bytes.</summary>
    public void ServerSideEmit(string eventName, Payload arguments) => Tell(eventName, ArgumentBuffer.Of(arguments));

    /// <summary>Asks the program at all other hubs something, and answers with what came until all had answered or time was over (<see
    /// cref="SocketIOOptions.AckTimeout"/>): the first argument of each acknowledgement.</summary>
    public Task<BroadcastAcks<TAck>> ServerSideEmitWithAckAsync<TAck>(string eventName, CancellationToken cancellationToken = default) =>
        AskServersAsync<TAck>(eventName, None, cancellationToken);

    /// <summary>The same with an argument.</summary>
    public Task<BroadcastAcks<TAck>> ServerSideEmitWithAckAsync<T, TAck>(
        string eventName, T argument, CancellationToken cancellationToken = default) =>
        AskServersAsync<TAck>(eventName, Arguments.Write(argument), cancellationToken);

    /// <summary>Handles what the programs of other hubs say. Handlers begin in the order in which another hub has said it; they do not
    /// wait for each other.</summary>
    public void OnServerSide(string eventName, Func<ServerSideEvent, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(eventName);
        ArgumentNullException.ThrowIfNull(handler);
        Space.AddServerSide(eventName, handler);
    }

    /// <inheritdoc cref="OnServerSide(string, Func{ServerSideEvent, Task})"/>
    public void OnServerSide(string eventName, Action<ServerSideEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        OnServerSide(eventName, happened =>
        {
            handler(happened);
            return Task.CompletedTask;
        });
    }

    private void Tell(string eventName, ArgumentBuffer arguments, PendingAck? ack = null)
    {
        using var said = arguments;
        ArgumentNullException.ThrowIfNull(eventName);
        ReservedEvents.ThrowIfReserved(eventName);
        Space.Server.Neighbours?.EmitServerSide(Space, new Call(eventName, said.Payload, ack));
    }

    private Task<BroadcastAcks<TAck>> AskServersAsync<TAck>(
        string eventName, ArgumentBuffer arguments, CancellationToken cancellationToken)
    {
        var answers = new Answers<TAck>(Audience, eventName);
        Tell(eventName, arguments, answers);
        return answers.AllAsync(cancellationToken);
    }
}
