namespace Kodama.SocketIO;

/// <summary>What was wrong with a Socket.IO packet. Each ends the connection, as in node: the socket's error event has the text, its reason is "forced close".</summary>
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
}
