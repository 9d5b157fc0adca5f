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
}
