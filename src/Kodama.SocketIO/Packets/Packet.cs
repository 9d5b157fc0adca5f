namespace Kodama.SocketIO;

/// <summary>A Socket.IO packet that came in. Its parts are slices of the buffer it was read from and valid as long as that.</summary>
internal readonly struct Packet
{
    /// <summary>Binary events and acks are <see cref="PacketType.Event"/> and <see cref="PacketType.Ack"/> here.</summary>
    public PacketType Type { get; init; }

    /// <summary>UTF-8, "/" for the main namespace. From a v3 client with its query, as in <c>/chat?token=x</c>.</summary>
    public ReadOnlyMemory<byte> Namespace { get; init; }

    /// <summary>The id under which the other side waits for an acknowledgement, or which this one answers.</summary>
    public long? AckId { get; init; }

    /// <summary>An event's name in UTF-8, unescaped; a number as it was written.</summary>
    public ReadOnlyMemory<byte> EventName { get; init; }

    /// <summary>JSON: the arguments of an event or ack as an array, the object of CONNECT, the object or string of CONNECT_ERROR; empty for
    /// none.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>How many attachments it has; they follow as messages of their own.</summary>
    public int AttachmentCount { get; init; }

    /// <summary>The attachments, once all have come; placeholders in <see cref="Data"/> name them by their number.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; init; }

    /// <summary>What the arguments are to the hub if they are but one; it decides what <see cref="ToPayload"/> makes of event
    /// "message".</summary>
    internal SoleArgument Sole { get; init; }

    /// <summary>The event's name as a string, which is kept for later events.</summary>
    public string GetEventName() => EventNames.Get(EventName.Span);

    /// <summary>What it takes that its client has sent, but for the names.</summary>
    public long Bytes => Data.Length + Attachments.Sum(attachment => (long)attachment.Length);

    /// <summary>A copy that owns its memory.</summary>
    public Packet ToOwned() => this with
    {
        Namespace = Namespace.ToArray(),
        EventName = EventName.ToArray(),
        Data = Data.ToArray(),
        Attachments = CopyAttachments(),
    };

    public IReadOnlyList<ReadOnlyMemory<byte>> CopyAttachments() =>
        Attachments.Count == 0 ? [] : [.. Attachments.Select(attachment => (ReadOnlyMemory<byte>)attachment.ToArray())];

    /// <summary>
    /// What the hub says of an event: the one string or binary argument of event "message" as text or bytes, and all else as arguments.
    /// Borrows this packet's memory.
    /// </summary>
    public Payload ToPayload()
    {
        if (Sole.Kind != SoleArgumentKind.None && EventName.Span.SequenceEqual("message"u8))
        {
            if (Sole.Kind == SoleArgumentKind.Placeholder) return Payload.Of(Attachments[Sole.Number]);
            if (SoleText() is { } text) return Payload.OfText(text);
        }
        return Payload.Arguments(Data, Attachments);
    }

    /// <summary>The one argument, if it is a string that UTF-8 can say; else null.</summary>
    public ReadOnlyMemory<byte>? SoleText()
    {
        if (Sole.Kind != SoleArgumentKind.String) return null;
        var text = Data.Slice(Sole.Start, Sole.Length);
        if (!text.Span.Contains((byte)'\\')) return text;
        var unescaped = new byte[text.Length];
        if (!JsonText.TryUnescape(text.Span, unescaped, out var size)) return null;
        return unescaped.AsMemory(0, size);
    }
}

/// <summary>What a Socket.IO packet is for; the value is its digit on the wire.</summary>
internal enum PacketType : byte
{
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
    BinaryEvent,
    BinaryAck,
}

/// <summary>The one argument of an event, if it is a string or a placeholder. Start and length are those of the string's inside in the
/// arguments.</summary>
internal readonly record struct SoleArgument(SoleArgumentKind Kind, int Start = 0, int Length = 0, int Number = 0);

internal enum SoleArgumentKind : byte
{
    None,
    String,
    Placeholder,
}
