namespace Kodama;

/// <summary>How a join ended, and where the peer stands.</summary>
/// <param name="Result">How.</param>
/// <param name="Room">The room, if the peer is in it.</param>
/// <param name="Position">Behind which it gets what there is.</param>
/// <param name="IsGap">Whether entries behind the position that it asked for are gone.</param>
/// <param name="Keys">Members and state as they are at <paramref name="KeysAt"/>, where it asked for them; null where it goes on from its
/// position.</param>
/// <param name="KeysAt">The offset of that list.</param>
public sealed record Joined(JoinResult Result, Room? Room, Position Position, bool IsGap, IReadOnlyList<Entry>? Keys, long KeysAt)
{
    /// <summary>The rules are to be asked again: a review has begun since they answered.</summary>
    internal static readonly Joined Outdated = Refused(JoinResult.Refused) with { IsOutdated = true };

    /// <summary>Of <see cref="JoinResult.Refused"/>: why, where the rule that refuses says it.</summary>
    public string? Reason { get; init; }

    internal bool IsOutdated { get; private init; }

    internal Membership? Membership { get; init; }

    /// <summary>Lets what the peer is to get come, after a join that was held. Returns without waiting.</summary>
    public void Begin() => Membership?.Begin();

    internal static Joined Refused(JoinResult result) => new(result, null, default, false, null, 0);
}
