namespace Kodama.Ably;

/// <summary>What a ProtocolMessage is about (TR2).</summary>
internal enum ProtocolAction
{
    Heartbeat = 0,
    Ack = 1,
    Nack = 2,
    Connected = 4,
    Disconnect = 5,
    Disconnected = 6,
    Close = 7,
    Closed = 8,
    Error = 9,
    Attach = 10,
    Attached = 11,
    Detach = 12,
    Detached = 13,
    Presence = 14,
    Message = 15,
    Sync = 16,
    Auth = 17,
    Object = 19,
    Annotation = 21,
}

/// <summary>What becomes of a message (TM5).</summary>
internal enum MessageAction
{
    Create = 0,
    Update = 1,
    Delete = 2,
    Meta = 3,
    Summary = 4,
    Append = 5,
}

/// <summary>What became of a member (TP2).</summary>
internal enum PresenceAction
{
    Absent = 0,
    Present = 1,
    Enter = 2,
    Leave = 3,
    Update = 4,
}

/// <summary>Bits of a ProtocolMessage (TR3).</summary>
[Flags]
internal enum Flags
{
    None = 0,
    HasPresence = 1 << 0,
    HasBacklog = 1 << 1,
    Resumed = 1 << 2,
    AttachResume = 1 << 5,
    Presence = 1 << 16,
    Publish = 1 << 17,
    Subscribe = 1 << 18,
    PresenceSubscribe = 1 << 19,
    AnnotationPublish = 1 << 21,
    AnnotationSubscribe = 1 << 22,
    ObjectSubscribe = 1 << 24,
    ObjectPublish = 1 << 25,
    Objects = ObjectSubscribe | ObjectPublish,
    Modes = Presence | Publish | Subscribe | PresenceSubscribe | AnnotationPublish | AnnotationSubscribe,
    DefaultModes = Presence | Publish | Subscribe | PresenceSubscribe | AnnotationPublish,
}
