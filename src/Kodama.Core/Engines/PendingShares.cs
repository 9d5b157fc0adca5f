using System.Runtime.InteropServices;

namespace Kodama;

/// <summary>
/// What of a room waits for the engine, by author. Nobody may have more waiting than is free then: whoever is faster than the disk takes
/// half of the hub's budget, two such a third each, and there is always something left for others. Guarded by the room's lock.
/// </summary>
internal sealed class PendingShares(OutboxBudget budget)
{
    // About what an entry takes beside what it says while it waits.
    private const int Cost = 512;

    private readonly Dictionary<string, long> shares = new(StringComparer.Ordinal);

    /// <summary>Takes the entry's bytes; false, if they are more than its author may have.</summary>
    public bool TryTake_NeedsLock(Entry entry)
    {
        var cost = entry.Size + Cost;
        ref var share = ref CollectionsMarshal.GetValueRefOrAddDefault(shares, AuthorOf(entry), out _);
        if (share + cost <= budget.Free && budget.TryTake(cost))
        {
            share += cost;
            return true;
        }
        if (share == 0) shares.Remove(AuthorOf(entry));
        return false;
    }

    /// <summary>Gives them back.</summary>
    public void Return_NeedsLock(Entry entry)
    {
        var cost = entry.Size + Cost;
        budget.Return(cost);
        ref var share = ref CollectionsMarshal.GetValueRefOrNullRef(shares, AuthorOf(entry));
        share -= cost;
        if (share == 0) shares.Remove(AuthorOf(entry));
    }

    private static string AuthorOf(Entry entry) => entry.Author?.Id ?? "";
}
