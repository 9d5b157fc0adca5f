namespace Kodama.Ably;

/// <summary>What a capability may allow. Those that the hub has nothing for are known too: keys of Ably's have them.</summary>
[Flags]
internal enum Operations
{
    None = 0,
    Subscribe = 1 << 0,
    Publish = 1 << 1,
    Presence = 1 << 2,
    History = 1 << 3,
    Stats = 1 << 4,
    ChannelMetadata = 1 << 5,
    PushSubscribe = 1 << 6,
    PushAdmin = 1 << 7,
    PrivilegedHeaders = 1 << 8,
    ObjectSubscribe = 1 << 9,
    ObjectPublish = 1 << 10,
    AnnotationSubscribe = 1 << 11,
    AnnotationPublish = 1 << 12,
    MessageUpdateOwn = 1 << 13,
    MessageUpdateAny = 1 << 14,
    MessageDeleteOwn = 1 << 15,
    MessageDeleteAny = 1 << 16,
    All = (1 << 17) - 1,
}

internal static class OperationNames
{
    private static readonly string[] Names =
    [
        "subscribe", "publish", "presence", "history", "stats", "channel-metadata", "push-subscribe", "push-admin", "privileged-headers",
        "object-subscribe", "object-publish", "annotation-subscribe", "annotation-publish", "message-update-own", "message-update-any",
        "message-delete-own", "message-delete-any",
    ];

    /// <summary>None, for what is no operation.</summary>
    public static Operations Read(string name) =>
        name == "*" ? Operations.All : Array.IndexOf(Names, name) is var at and >= 0 ? (Operations)(1 << at) : Operations.None;
}
