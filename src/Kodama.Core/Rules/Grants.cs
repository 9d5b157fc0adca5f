namespace Kodama;

/// <summary>What the rules of rooms answer, and whether it counts still: with each review the answers from before it end.</summary>
internal sealed class Grants(RoomRules rules)
{
    private long reviews;

    /// <summary>How many reviews have begun.</summary>
    public long Reviews => Interlocked.Read(ref reviews);

    /// <summary>From here on, what the rules have answered counts no more.</summary>
    public void Outdate() => Interlocked.Increment(ref reviews);

    /// <summary>Whether no review has begun since the rules were asked.</summary>
    public bool IsCurrent(in RoomGrant grant) => grant.Reviews == Reviews;

    /// <summary>What the rules answer, with the number of reviews before they were asked.</summary>
    public async ValueTask<RoomGrant> AskAsync(Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        var before = Reviews;
        var verdict = await rules.GrantAsync(peer, room, token, cancellationToken);
        return new RoomGrant(verdict.Rights, before, verdict.Reason);
    }

    /// <summary>The rights alone, at once where the rules answer so.</summary>
    public ValueTask<RoomRights> RightsAsync(Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        var asking = rules.GrantAsync(peer, room, token, cancellationToken);
        return asking.IsCompletedSuccessfully ? new(asking.Result.Rights) : RightsOfAsync(asking);
    }

    private static async ValueTask<RoomRights> RightsOfAsync(ValueTask<RoomVerdict> asking) => (await asking).Rights;
}
