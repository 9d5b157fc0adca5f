namespace Kodama.SocketIO;

/// <summary>An event of a client, with its arguments as they came. Owns its memory.</summary>
public sealed class SocketIOEvent
{
    private const long None = -1;

    private readonly SocketIOSocket? socket;
    private readonly long ackId;
    private int answered;

    internal SocketIOEvent(SocketIOSocket socket, in Packet packet)
    {
        this.socket = socket;
        ackId = packet.AckId ?? None;
        Name = packet.GetEventName();
        Arguments = packet.Data.ToArray();
        Attachments = packet.CopyAttachments();
    }

    internal SocketIOEvent(SocketIOSocket socket, string name, in Payload payload, long? ackId = null)
    {
        this.socket = socket;
        this.ackId = ackId ?? None;
        Name = name;
        (Arguments, Attachments) = ArgumentJson.ArrayOf(payload);
    }

    /// <summary>In a socket's queue: not an event, but something else that its handlers are to be told in turn.</summary>
    internal SocketIOEvent(Func<SocketIOEvent, ValueTask>? step, object? detail = null)
    {
        ackId = None;
        Step = step;
        Detail = detail;
        Name = "";
        Attachments = [];
    }

    /// <summary>Its name. Middleware (<see cref="SocketIOSocket.Use"/>) may change it: then it is the other event's handlers that
    /// run.</summary>
    public string Name { get; set; }

    /// <summary>Its arguments as a JSON array in UTF-8; <c>{"_placeholder":true,"num":n}</c> stands for attachment n.</summary>
    public ReadOnlyMemory<byte> Arguments { get; private set; }

    /// <summary>Its binary parts.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; private set; }

    /// <summary>Whether the client waits for an acknowledgement.</summary>
    public bool ExpectsAck => ackId >= 0;

    /// <summary>What is to be done, where it is no event.</summary>
    internal Func<SocketIOEvent, ValueTask>? Step { get; }

    /// <summary>The reason or the exception that handlers are told, where it is no event.</summary>
    internal object? Detail { get; }

    private ArgumentJson Json => socket!.Namespace.Server.Json;

    /// <summary>The one that waits behind it.</summary>
    internal SocketIOEvent? Next { get; set; }

    /// <summary>What it holds in memory that its client has sent.</summary>
    internal long Bytes => Arguments.Length + (Attachments.Count == 0 ? 0 : Attachments.Sum(static bytes => (long)bytes.Length));

    /// <summary>The argument at this place, from 0; the type's default value where there are fewer.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no such value.</exception>
    public T? Get<T>(int index) => Json.Read<T>(Arguments, Attachments, index);

    /// <summary>Gives it another argument, and no more. For middleware.</summary>
    public void SetArguments<T>(T argument) => SetArguments(Json.Write(argument));

    /// <summary>Gives it two other arguments.</summary>
    public void SetArguments<T1, T2>(T1 first, T2 second) => SetArguments(Json.Write(first, second));

    /// <summary>Gives it three other arguments.</summary>
    public void SetArguments<T1, T2, T3>(T1 first, T2 second, T3 third) => SetArguments(Json.Write(first, second, third));

    /// <summary>Gives it other arguments, which are JSON already, a text or bytes.</summary>
    public void SetArguments(Payload arguments) => (Arguments, Attachments) = ArgumentJson.ArrayOf(arguments.ToOwned());

    /// <summary>Acknowledges without arguments. Only the first acknowledgement counts; without <see cref="ExpectsAck"/> it does
    /// nothing.</summary>
    public void Ack() => Answer(ArgumentBuffer.Of(ArgumentJson.None));

    /// <summary>Acknowledges with one argument.</summary>
    public void Ack<T>(T argument) => Answer(Json.Write(argument));

    /// <summary>Acknowledges with two arguments.</summary>
    public void Ack<T1, T2>(T1 first, T2 second) => Answer(Json.Write(first, second));

    /// <summary>Acknowledges with three arguments.</summary>
    public void Ack<T1, T2, T3>(T1 first, T2 second, T3 third) => Answer(Json.Write(first, second, third));

    /// <summary>Acknowledges with four arguments.</summary>
    public void Ack<T1, T2, T3, T4>(T1 first, T2 second, T3 third, T4 fourth) => Answer(Json.Write(first, second, third, fourth));

    /// <summary>Acknowledges with five arguments.</summary>
    public void Ack<T1, T2, T3, T4, T5>(T1 first, T2 second, T3 third, T4 fourth, T5 fifth) =>
        Answer(Json.Write(first, second, third, fourth, fifth));

    /// <summary>Acknowledges with arguments that are JSON already, a text or bytes.</summary>
    public void Ack(Payload arguments) => Answer(ArgumentBuffer.Of(arguments));

    private void SetArguments(ArgumentBuffer arguments)
    {
        using (arguments) SetArguments(arguments.Payload);
    }

    private void Answer(ArgumentBuffer arguments)
    {
        using var sent = arguments;
        if (ackId < 0 || Interlocked.Exchange(ref answered, 1) != 0) return;
        using var batch = FlushBatch.Rent();
        socket!.Link.SendAck(ackId, sent.Payload, batch);
    }
}
