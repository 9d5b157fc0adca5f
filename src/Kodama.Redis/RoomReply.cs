using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>What a script has answered to an entry, or to all that it was given.</summary>
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

    /// <summary>It was not tried, as one before it could not be done.</summary>
    NotTried = 12,

    /// <summary>There are as many rooms as may be, and this would be one more.</summary>
    TooManyRooms = 13,
}

/// <summary>An answer: what it is, and two numbers.</summary>
internal readonly record struct RoomReply(ReplyCode Code, long First = 0, long Second = 0)
{
    /// <summary>Whether it gets no place, and that is the answer.</summary>
    public bool IsDecided => Code is >= ReplyCode.Duplicate and <= ReplyCode.Same;

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

/// <summary>What became of the entries of a call.</summary>
/// <param name="Code">Why none of them was tried; else <see cref="ReplyCode.Taken"/>.</param>
/// <param name="Time">Of those that have a place, in milliseconds.</param>
/// <param name="Trimmed">Up to which offset messages are not all kept.</param>
/// <param name="Each">An answer each, up to the first that was not tried; of a transient one the offset behind which it is.</param>
internal readonly record struct CallReply(ReplyCode Code, long Time, long Trimmed, IReadOnlyList<RoomReply> Each)
{
    private const int Refusal = 1 + (3 * sizeof(double));

    public static CallReply Read(IReadOnlyList<OwnEntry> entries, RedisResult result)
    {
        var parts = (RedisResult[])result!;
        var code = (ReplyCode)(int)parts[0];
        if (parts.Length == 1) return new CallReply(code, 0, 0, []);
        var (last, tried, refused) = ((long)parts[3], (int)parts[4], (ReadOnlyMemory<byte>)(byte[])parts[5]!);
        var each = new List<RoomReply>(entries.Count);
        foreach (var own in entries)
        {
            if (refused.Length >= Refusal && Numbers.Read(refused.Span) == each.Count + 1)
            {
                var answer = refused.Span[sizeof(double)..];
                each.Add(new RoomReply((ReplyCode)answer[0], Numbers.Read(answer[1..]), Numbers.Read(answer[9..])));
                refused = refused[Refusal..];
            }
            else if (each.Count < tried)
            {
                each.Add(new RoomReply(ReplyCode.Taken, own.Entry.IsTransient ? last : ++last));
            }
        }
        return new CallReply(code, (long)parts[1], (long)parts[2], each);
    }

    public RoomReply Of(int entry) =>
        Code != ReplyCode.Taken ? new RoomReply(Code) : entry < Each.Count ? Each[entry] : new RoomReply(ReplyCode.NotTried);
}
