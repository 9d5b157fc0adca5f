namespace Kodama.SocketIO;

/// <summary>What was wrong with a Socket.IO packet. Each ends the session, as in node: its sockets get an error event, and end by "forced
/// close".</summary>
internal enum PacketError : byte
{
    None,
    Empty,
    UnknownType,
    IllegalAttachmentCount,
    TooManyAttachments,
    NamespaceTooLong,
    IllegalAckId,
    MissingPayload,
    UnexpectedPayload,
    BadJson,
    IllegalEventName,
    EventNameTooLong,
    ReservedEventName,
    IllegalPlaceholder,
    TextWithinBinary,
    UnexpectedBinary,
    TooLarge,
    TooMuchUnfinished,
    OtherParser,
    BadMessagePack,
    IllegalNamespace,
}

internal static class PacketErrorTexts
{
    /// <summary>The error for a log and for error events: what was wrong and what a client should send.</summary>
    public static string Text(this PacketError error) => error switch
    {
        PacketError.Empty => "A packet is empty; it begins with its type, 0 to 6.",
        PacketError.UnknownType => "The type of a packet is not 0 to 6.",
        PacketError.IllegalAttachmentCount =>
            "A binary packet's type is not followed by the number of its attachments, 1 or more, and a hyphen.",
        PacketError.TooManyAttachments => "A packet announces more attachments than allowed (10 unless the options say otherwise).",
        PacketError.NamespaceTooLong => "The name of a namespace is too long.",
        PacketError.IllegalAckId => "The id of an acknowledgement is not a whole number below 2^53.",
        PacketError.MissingPayload => "An event has no payload; it is an array that begins with the event's name.",
        PacketError.UnexpectedPayload =>
            "The payload is not what a packet of its type has: an array for events and acks, an object for CONNECT, none for DISCONNECT.",
        PacketError.BadJson => "The payload is not JSON, or nested too deep.",
        PacketError.IllegalEventName => "The first element of an event is not its name, a string or a number.",
        PacketError.EventNameTooLong => "The name of an event is too long.",
        PacketError.ReservedEventName =>
            "The name of an event is reserved: connect, connect_error, disconnect, disconnecting, newListener or removeListener.",
        PacketError.IllegalPlaceholder => "A placeholder's num is not that of an attachment, or that of another placeholder.",
        PacketError.TextWithinBinary => "A text came while attachments of a binary packet were missing.",
        PacketError.UnexpectedBinary => "Bytes came that no binary packet had announced.",
        PacketError.TooLarge => "A packet and its attachments are too large together.",
        PacketError.TooMuchUnfinished => "Too many bytes wait for the attachments of binary packets: send these right behind each packet.",
        PacketError.OtherParser =>
            "The server reads packets of another parser, or the session has sent such: a client has one, JSON or MessagePack.",
        PacketError.BadMessagePack =>
            "The packet is not MessagePack from its first byte to its last, with texts in UTF-8 and texts as names, or nested too deep.",
        PacketError.IllegalNamespace => "A packet has no namespace, a text that begins with a slash.",
        _ => "",
    };
}
