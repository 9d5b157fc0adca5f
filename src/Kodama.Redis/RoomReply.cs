using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>What a script has answered to an entry.</summary>
internal enum ReplyCode
{
    /// <summary>It has its place.</summary>
    Taken = 0,
    Duplicate = 1,
    Reused = 2,
    Unknown = 3,
    ConditionFailed = 4,
    Full = 5,

    /// <summary>There was nothing to do: it is as it was asked for.</summary>
    Same = 6,

    /// <summary>The room is gone, or of another epoch or generation.</summary>
    OtherEpoch = 7,

    /// <summary>Not behind the one before it.</summary>
    OutOfLine = 8,

    /// <summary>The generation of the scripts is not the one of the data.</summary>
    OtherGeneration = 9,

    /// <summary>Redis is full, and the line could not be closed.</summary>
    CannotClose = 10,

    /// <summary>The hub is taken for dead: nothing can be bound to it before it says that it lives.</summary>
    NoLease = 11,
}

/// <summary>An answer: what it is, and two numbers.</summary>
internal readonly record struct RoomReply(ReplyCode Code, long First, long Second)
{
    public static RoomReply Read(RedisResult result)
    {
        var parts = (RedisResult[])result!;
        return new RoomReply((ReplyCode)(int)parts[0], parts.Length > 1 ? (long)parts[1] : 0, parts.Length > 2 ? (long)parts[2] : 0);
    }

    /// <summary>What the sender is told; null, where it has its place or was not looked at.</summary>
    public PublishResult? Answer(Entry entry, string room, string epoch) => Code switch
    {
        ReplyCode.Duplicate => new PublishResult(First, 0) { IsDuplicate = true },
        ReplyCode.Reused => Refused(RefusalCode.IdReused, $"Id \"{entry.Id}\" was given to another content: take a new one."),
        ReplyCode.Unknown => Refused(
            RefusalCode.OutcomeUnknown, "It is not known whether this was published before: send it under a new id if it may come twice."),
        ReplyCode.ConditionFailed => Refused(
            RefusalCode.ConditionFailed,
            $"Key \"{entry.Key}\" {(First == 0 ? "is not set" : $"was set at {new Position(epoch, First)}")}: read it and decide again."),
        ReplyCode.Full when entry.Kind == EntryKind.Presence => Refused(
            RefusalCode.Full, $"Room {room} has {First} members with {Second} bytes, as many as it may."),
        ReplyCode.Full => Refused(
            RefusalCode.Full, $"The state of room {room} has {First} keys with {Second} bytes, and this is too much: remove some."),
        ReplyCode.Same => new PublishResult(First, 0),
        _ => null,
    };

    private static PublishResult Refused(RefusalCode code, string text) => new(0, 0, text) { Code = code };
}
