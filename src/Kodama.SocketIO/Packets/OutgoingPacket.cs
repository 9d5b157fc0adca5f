namespace Kodama.SocketIO;

/// <summary>A Socket.IO packet that goes out. It borrows all of its parts until it is written.</summary>
internal readonly struct OutgoingPacket
{
    private OutgoingPacket(PacketType type, ReadOnlyMemory<byte> name)
    {
        Type = type;
        Namespace = name.Span.SequenceEqual("/"u8) ? default : name;
    }

    /// <summary>Never a binary type: <see cref="AttachmentCount"/> makes it one on the wire.</summary>
    public PacketType Type { get; }

    /// <summary>Empty for the main namespace.</summary>
    public ReadOnlyMemory<byte> Namespace { get; }

    public long? AckId { get; private init; }

    public string? Event { get; private init; }

    public Payload Payload { get; private init; }

    /// <summary>The offset for connection state recovery, which follows the arguments as a string; empty for none.</summary>
    public ReadOnlyMemory<byte> Offset { get; private init; }

    /// <summary>The payload of a packet that is neither event nor ack; empty for none.</summary>
    public ReadOnlyMemory<byte> Json { get; private init; }

    public int AttachmentCount => Payload.Kind == PayloadKind.Binary ? 1 : Payload.Attachments.Count;

    /// <summary>Grants access to a namespace; v3 has no <paramref name="json"/>.</summary>
    public static OutgoingPacket Connect(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> json = default) =>
        new(PacketType.Connect, name) { Json = json };

    /// <summary>Refuses it: an object with <c>message</c> and perhaps <c>data</c>; v3 has the data itself, or the message as a
    /// string.</summary>
    public static OutgoingPacket ConnectError(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> json) =>
        new(PacketType.ConnectError, name) { Json = json };

    public static OutgoingPacket Disconnect(ReadOnlyMemory<byte> name) => new(PacketType.Disconnect, name);

    /// <summary>An event; a payload of arguments is a JSON array whose placeholders fit its attachments.</summary>
    public static OutgoingPacket ForEvent(
        ReadOnlyMemory<byte> name, string eventName, in Payload payload, long? ackId = null, ReadOnlyMemory<byte> offset = default)
    {
        ReservedEvents.ThrowIfReserved(eventName);
        return new(PacketType.Event, name) { Event = eventName, Payload = payload, AckId = ackId, Offset = offset };
    }

    public static OutgoingPacket Ack(ReadOnlyMemory<byte> name, long ackId, in Payload arguments) =>
        new(PacketType.Ack, name) { AckId = ackId, Payload = arguments };

    public ReadOnlyMemory<byte> Attachment(int number) => Payload.Kind == PayloadKind.Binary ? Payload.Bytes : Payload.Attachments[number];
}
