namespace Kodama.SocketIO;

/// <summary>An event of a client, with its arguments as they came. Owns its memory.</summary>
public sealed class SocketIOEvent
{
    private readonly SocketIOSocket? socket;
    private readonly long? ackId;
    private readonly object? detail;
    private int answered;

    internal SocketIOEvent(SocketIOSocket socket, in Packet packet)
    {
        this.socket = socket;
        ackId = packet.AckId;
        Name = packet.GetEventName();
        Arguments = packet.Data.ToArray();
        Attachments = packet.CopyAttachments();
    }

    internal SocketIOEvent(SocketIOSocket socket, string name, in Payload payload, long? ackId = null)
    {
        this.socket = socket;
        this.ackId = ackId;
        Name = name;
        (Arguments, Attachments) = ArgumentJson.ArrayOf(payload);
    }

    private SocketIOEvent(EventKind kind, object? detail)
    {
        Kind = kind;
        this.detail = detail;
        Name = "";
        Attachments = [];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its arguments as a JSON array in UTF-8; <c>{"_placeholder":true,"num":n}</c> stands for attachment n.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>Its binary parts.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>Whether the client waits for an acknowledgement.</summary>
    public bool ExpectsAck => ackId is not null;

    internal EventKind Kind { get; }

    internal Exception Failure => (Exception)detail!;

    internal string Reason => (string)detail!;

    internal Action Callback => (Action)detail!;

    /// <summary>The one that waits behind it.</summary>
    internal SocketIOEvent? Next { get; set; }

    /// <summary>What it holds in memory that its client has sent.</summary>
    internal long Bytes
    {
        get
        {
            var bytes = (long)Arguments.Length;
            for (var i = 0; i < Attachments.Count; i++) bytes += Attachments[i].Length;
            return bytes;
        }
    }

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

    /// <summary>In a socket's queue: its connection handlers are to run.</summary>
    internal static SocketIOEvent Connected() => new(EventKind.Connection, null);

    /// <summary>In a socket's queue, last: its disconnect handlers are to run.</summary>
    internal static SocketIOEvent Disconnected(string reason) => new(EventKind.Disconnection, reason);

    /// <summary>In a socket's queue: its error handlers are to hear of this.</summary>
    internal static SocketIOEvent Failed(Exception failure) => new(EventKind.Failure, failure);

    private void Answer(in Payload arguments)
    {
        if (ackId is not { } id || Interlocked.Exchange(ref answered, 1) != 0) return;
        socket!.Link.SendAck(id, arguments);
    }
}

/// <summary>What waits for the handlers of a socket.</summary>
internal enum EventKind : byte
{
    Event,
    Connection,
    Disconnection,
    Failure,

    /// <summary>An answer that somebody wants to be told.</summary>
    Callback,
}
