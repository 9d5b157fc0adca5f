namespace Kodama.SocketIO;

/// <summary>Something that events can be sent to: a socket, some sockets, a namespace. Thread-safe; nothing waits for a receiver.</summary>
public abstract class EventEmitter
{
    private protected EventEmitter()
    {
    }

    internal abstract Audience Audience { get; }

    private protected static ArgumentBuffer None => ArgumentBuffer.Of(ArgumentJson.None);

    private protected ArgumentJson Arguments => Audience.Space.Server.Json;

    /// <summary>Sends an event without arguments.</summary>
    /// <exception cref="ArgumentException">The name is reserved: connect, connect_error, disconnect, disconnecting, newListener,
    /// removeListener.</exception>
    public void Emit(string eventName) => Send(eventName, None);

    /// <summary>Sends an event with one argument. <c>byte[]</c> and <c>ReadOnlyMemory&lt;byte&gt;</c>, in it or alone, arrive as
    /// bytes.</summary>
    /// <exception cref="NotSupportedException">No JSON context knows the type: <see cref="SocketIOOptions.Json"/>.</exception>
    public void Emit<T>(string eventName, T argument) => Send(eventName, Arguments.Write(argument));

    /// <summary>Sends an event with two arguments.</summary>
    public void Emit<T1, T2>(string eventName, T1 first, T2 second) => Send(eventName, Arguments.Write(first, second));

    /// <summary>Sends an event with three arguments.</summary>
    public void Emit<T1, T2, T3>(string eventName, T1 first, T2 second, T3 third) => Send(eventName, Arguments.Write(first, second, third));

    /// <summary>Sends an event with four arguments.</summary>
    public void Emit<T1, T2, T3, T4>(string eventName, T1 first, T2 second, T3 third, T4 fourth) =>
        Send(eventName, Arguments.Write(first, second, third, fourth));

    /// <summary>Sends an event with five arguments; more as a <see cref="Payload"/>.</summary>
    public void Emit<T1, T2, T3, T4, T5>(string eventName, T1 first, T2 second, T3 third, T4 fourth, T5 fifth) =>
        Send(eventName, Arguments.Write(first, second, third, fourth, fifth));

    /// <summary>Sends an event whose arguments are JSON already, a text or bytes. The payload is not kept.</summary>
    public void Emit(string eventName, Payload arguments) => Send(eventName, ArgumentBuffer.Of(arguments));

    /// <summary>Sends event <c>message</c>.</summary>
    public void Send<T>(T argument) => Emit(Message.DefaultEvent, argument);

    private protected Answers<T> Ask<T>(string eventName, ArgumentBuffer arguments)
    {
        var answers = new Answers<T>(Audience, eventName);
        Send(eventName, arguments, answers);
        return answers;
    }

    private protected void Send(string eventName, ArgumentBuffer arguments, PendingAck? ack = null)
    {
        using var sent = arguments;
        ArgumentNullException.ThrowIfNull(eventName);
        ReservedEvents.ThrowIfReserved(eventName);
        var to = Audience;
        to.Space.Sending.Send(to, new Call(eventName, sent.Payload, ack));
    }
}
