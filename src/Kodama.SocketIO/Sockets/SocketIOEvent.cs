namespace Kodama.SocketIO;

/// <summary>An event of a client, with its arguments as they came. Owns its memory.</summary>
public sealed class SocketIOEvent
{
    /// <summary>In a socket's queue: its connection handlers are to run.</summary>
    internal static readonly SocketIOEvent Connection = new();

    /// <summary>In a socket's queue, last: its disconnect handlers are to run.</summary>
    internal static readonly SocketIOEvent Disconnection = new();

    private readonly SocketIOSocket? socket;
    private readonly long? ackId;
    private int answered;

    internal SocketIOEvent(SocketIOSocket socket, in Packet packet)
    {
        this.socket = socket;
        ackId = packet.AckId;
        Name = packet.GetEventName();
        Arguments = packet.Data.ToArray();
        Attachments = packet.Attachments.Count == 0 ? [] : [.. packet.Attachments.Select(a => (ReadOnlyMemory<byte>)a.ToArray())];
    }

    internal SocketIOEvent(SocketIOSocket socket, string name, in Payload payload, long? ackId = null)
    {
        this.socket = socket;
        this.ackId = ackId;
        Name = name;
        (Arguments, Attachments) = OutgoingArguments.Of(payload);
    }

    /// <summary>In a socket's queue: its error handlers are to hear of this.</summary>
    internal SocketIOEvent(Exception failure)
        : this() => Failure = failure;

    private SocketIOEvent()
    {
        Name = "";
        Attachments = [];
    }

    internal Exception? Failure { get; }

    /// <summary>What it holds in memory that its client has sent.</summary>
    internal long Bytes => Arguments.Length + Attachments.Sum(attachment => (long)attachment.Length);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its arguments as a JSON array in UTF-8; <c>{"_placeholder":true,"num":n}</c> stands for attachment n.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>Its binary parts.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>Whether the client waits for an acknowledgement.</summary>
    public bool ExpectsAck => ackId is not null;

    /// <summary>The argument at this place, from 0; the type's default value where there are fewer.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no such value.</exception>
    public T? Get<T>(int index) => socket!.Namespace.Server.Json.Read<T>(Arguments, Attachments, index);

    /// <summary>Acknowledges without arguments. Only the first acknowledgement counts; without <see cref="ExpectsAck"/> it does
    /// nothing.</summary>
    public void Ack() => Answer(ArgumentJson.None);

    /// <summary>Acknowledges with one argument.</summary>
    public void Ack<T>(T argument) => Answer(socket!.Namespace.Server.Json.Write(argument));

    /// <summary>Acknowledges with two arguments.</summary>
    public void Ack<T1, T2>(T1 first, T2 second) => Answer(socket!.Namespace.Server.Json.Write(first, second));

    private void Answer(in Payload arguments)
    {
        if (ackId is not { } id || Interlocked.Exchange(ref answered, 1) != 0) return;
        socket!.SendAck(id, arguments);
    }
}
