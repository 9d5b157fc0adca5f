namespace Kodama;

/// <summary>The ids that a room was given lately, so that what is sent again is published once. Guarded by the room's lock.</summary>
/// <remarks>Each author has a window of its own: it is never another's haste that makes its ids forgotten, but where there are too many authors.</remarks>
internal sealed class IdWindow(LogBudget budget)
{
    /// <summary>How long an id is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    /// <summary>The last ids of an author that are remembered: the most that it may have under way at once.</summary>
    internal const int MostOfAuthor = 256;

    internal const int Most = 16 * 1024;

    // About what a remembered id takes beside its characters, and what an author of some does.
    private const int IdCost = 176;
    private const int AuthorCost = 512;

    private readonly Dictionary<string, Authored> authors = new(StringComparer.Ordinal);
    private readonly Queue<(long Stamp, Authored Of, string Id)> order = new();

    // Of ids of authors that are no longer known at all.
    private long forgotten;

    private long charged;

    public int Count => order.Count;

    /// <summary>What it takes in memory.</summary>
    public long Capacity => charged;

    /// <summary>Ids at offsets up to this are not all known.</summary>
    public long ForgottenOf(string author) => authors.TryGetValue(author, out var known) ? Math.Max(known.Forgotten, known.Since) : forgotten;

    /// <summary>What was published under this id; null if nothing is known of it.</summary>
    public Known? Find(string author, string id) => authors.GetValueOrDefault(author)?.Ids.GetValueOrDefault(id);

    public void Add(string author, string id, Known publication, long stamp)
    {
        if (!authors.TryGetValue(author, out var of))
        {
            authors[author] = of = new Authored(author, forgotten);
            Charge(AuthorCost + Weight.Of(author));
        }
        of.Ids[id] = publication;
        of.Order.Enqueue(id);
        order.Enqueue((stamp, of, id));
        Charge(IdCost + Weight.Of(id));
        while (of.Order.Count > MostOfAuthor) of.Forget();
        while (order.Count > Most) ForgetOldest();
    }

    /// <summary>Says where a publication that was under way has its place; forgets it, where it has none.</summary>
    public void Settle(string author, string id, long offset)
    {
        if (authors.GetValueOrDefault(author) is not { } of || !of.Ids.TryGetValue(id, out var known)) return;
        if (offset == 0) of.Ids.Remove(id);
        else of.Ids[id] = known with { Offset = offset, Pending = null };
    }

    /// <summary>Forgets those that came before this moment of the monotonic clock.</summary>
    public void TrimOlder(long stamp)
    {
        while (order.TryPeek(out var oldest) && oldest.Stamp < stamp) ForgetOldest();
    }

    /// <summary>Begins where an earlier life of the log ended: ids up to this offset are not all known.</summary>
    public void Continue(long forgottenBefore) => forgotten = forgottenBefore;

    /// <summary>Forgets the older half, and gives back their memory.</summary>
    public void Halve()
    {
        for (var left = order.Count / 2; order.Count > left;) ForgetOldest();
        order.TrimExcess();
        authors.TrimExcess();
    }

    public void Clear() => Charge(-charged);

    private void Charge(long bytes)
    {
        charged += bytes;
        budget.Add(bytes);
    }

    private void ForgetOldest()
    {
        var (_, of, id) = order.Dequeue();
        Charge(-IdCost - Weight.Of(id));
        // The author's own window may have let it go before.
        if (of.Order.TryPeek(out var first) && first == id) of.Forget();
        if (of.Order.Count > 0) return;
        authors.Remove(of.Author);
        Charge(-AuthorCost - Weight.Of(of.Author));
        forgotten = Math.Max(forgotten, of.Forgotten);
    }

    /// <summary>A publication under an id.</summary>
    /// <param name="Digest">Of its content as it was sent.</param>
    /// <param name="Offset">Its place, where it has one already.</param>
    /// <param name="Pending">Ends when it is kept, where an engine takes its time.</param>
    public sealed record Known(UInt128 Digest, long Offset, Task<PublishResult>? Pending);

    private sealed class Authored(string author, long since)
    {
        public string Author => author;

        /// <summary>What was forgotten of all when this author came.</summary>
        public long Since => since;

        public Dictionary<string, Known> Ids { get; } = new(StringComparer.Ordinal);

        public Queue<string> Order { get; } = new();

        public long Forgotten { get; private set; }

        public void Forget()
        {
            if (Ids.Remove(Order.Dequeue(), out var known)) Forgotten = Math.Max(Forgotten, known.Offset);
        }
    }
}
