namespace Kodama;

/// <summary>What became of something that was published.</summary>
/// <param name="Offset">Its place in the room; 0 if it has none (yet).</param>
/// <param name="Receivers">To how many peers it was handed so far.</param>
/// <param name="Refusal">Why it was refused, or null.</param>
public readonly record struct PublishResult(long Offset, int Receivers, string? Refusal = null)
{
    /// <summary>The rules are to be asked again: a review has begun since they answered.</summary>
    internal static readonly PublishResult Outdated =
        Refused(RefusalCode.NotAllowed, "The rules have not answered since a review began.") with { IsOutdated = true };

    /// <summary>Why it was refused, for programs.</summary>
    public RefusalCode Code { get; init; }

    /// <summary>
    /// Null where it is decided, as always without a durable engine. Else it ends when the engine has kept it, with its offset and
    /// receivers, or could not, with the refusal; until then <see cref="Offset"/> is 0 and nobody has got it. It never fails and is never
    /// cancelled. Only who owes an acknowledgement waits for it.
    /// </summary>
    public Task<PublishResult>? Pending { get; init; }

    /// <summary>Whether it was published before under the same id.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>When it was ordered, where it has its place by this; of a duplicate it is not told.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>
    /// The epoch in which <see cref="Offset"/> counts, where the room was only named; else null, as the caller has the room.
    /// </summary>
    public string? Epoch { get; init; }

    /// <summary>What the filters have left of it, in the publisher's memory or in theirs; null where none was asked.</summary>
    public Payload? Filtered { get; init; }

    internal bool IsOutdated { get; private init; }

    internal static PublishResult Refused(RefusalCode code, string text) => new(0, 0, text) { Code = code };

    internal static PublishResult NotJoined(Room room) =>
        Refused(RefusalCode.NotJoined, $"The peer is not in room {room.Name}: join it first.");

    internal static PublishResult NotGranted(string room, string what) =>
        Refused(RefusalCode.NotAllowed, $"The rules of room {room} do not grant {what}.");
}
