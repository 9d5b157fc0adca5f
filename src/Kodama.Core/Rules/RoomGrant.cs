namespace Kodama;

/// <summary>What the rules have answered, and the number of reviews before they were asked: after another it counts no more.</summary>
/// <param name="Rights">What a peer may do in the room.</param>
/// <param name="Reviews">How many had begun.</param>
/// <param name="Reason">Why it may not be there, where a rule says it.</param>
internal readonly record struct RoomGrant(RoomRights Rights, long Reviews, string? Reason = null)
{
    /// <summary>Whether it has all that is wanted.</summary>
    public bool Has(RoomRights wanted) => (Rights & wanted) == wanted;
}
