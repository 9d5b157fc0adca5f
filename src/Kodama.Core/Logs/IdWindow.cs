namespace Kodama;

/// <summary>The ids that a room was given lately, so that what is sent again is published once. Guarded by the room's lock.</summary>
/// <remarks>
/// Each author has a window of its own: it is never another's haste that makes its ids forgotten, but where there are too many authors.
/// Those without a name share one, and give first. What an engine has not decided on is never forgotten: <see cref="HasPlaceFor"/>.
/// </remarks>
internal sealed class IdWindow(LogBudget budget)
{
    /// <summary>How long an id is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    /// <summary>The last ids of an author that are remembered: the most that it may have under way at once.</summary>
    internal const int MostOfAuthor = 256;

    internal const int Most = 16 * 1024;

    /// <summary>Of <see cref="PublishId.Anonymous"/>.</summary>
    internal const int MostAnonymous = Most / 4;

    // About what a remembered id takes beside its characters, and what an author of some does.
    private const int IdCost = 208;
    private const int AuthorCost = 512;

    private readonly Dictionary<string, Authored> authors = new(StringComparer.Ordinal);

    // The oldest first.
    private readonly LinkedList<Known> named = new();
    private readonly LinkedList<Known> nameless = new();

    // Of ids of authors that are no longer known at all.
    private long forgotten;

    private long charged;

    public int Count => named.Count + nameless.Count;

    /// <summary>What it takes in memory.</summary>
    public long Capacity => charged;

    // What gives, where there are too many.
    private LinkedListNode<Known> Last => nameless.First is { Value.IsUnderWay: false } first ? first : (named.First ?? nameless.First)!;

    /// <summary>Ids at offsets up to this are not all known.</summary>
    public long ForgottenOf(string author) =>
        authors.TryGetValue(author, out var of) ? Math.Max(of.Forgotten, of.Since) : forgotten;

    /// <summary>How many ids of this author an engine has not decided on.</summary>
    public int UnderWay(string author) => authors.GetValueOrDefault(author)?.UnderWay ?? 0;

    /// <summary>What was published under this id; null if nothing is known of it.</summary>
    public Known? Find(string author, string id) => authors.GetValueOrDefault(author)?.Ids.GetValueOrDefault(id)?.Value;

    /// <summary>Whether there is place for another id of this author, without one being forgotten that is under way.</summary>
    public bool HasPlaceFor(string author)
    {
        var first = authors.GetValueOrDefault(author) is { IsFull: true } of ? of.Order.Peek() : null;
        if (first is { List: not null, Value.IsUnderWay: true }) return false;
        return Count < Most || !Last.Value.IsUnderWay;
    }

    public void Add(string author, string id, Known publication, long stamp)
    {
        if (!authors.TryGetValue(author, out var of))
        {
            authors[author] = of = new Authored(author, forgotten);
            Charge(AuthorCost + Weight.Of(author));
        }
        if (of.Ids.TryGetValue(id, out var before)) Remove(before);
        while (of.IsFull) ForgetFirst(of);
        (publication.Of, publication.Id, publication.Stamp) = (of, id, stamp);
        var node = (of.IsAnonymous ? nameless : named).AddLast(publication);
        of.Ids[id] = node;
        of.Order.Enqueue(node);
        if (publication.IsUnderWay) of.UnderWay++;
        Charge(IdCost + Weight.Of(id));
        while (Count > Most) Forget(Last);
    }

    /// <summary>Says where a publication that was under way has its place; forgets it, where it has none.</summary>
    public void Settle(string author, string id, long offset)
    {
        if (authors.GetValueOrDefault(author) is not { } of || !of.Ids.TryGetValue(id, out var node)) return;
        if (offset == 0)
        {
            Remove(node);
            DropIfEmpty(of);
            return;
        }
        if (node.Value.IsUnderWay) of.UnderWay--;
        (node.Value.Offset, node.Value.Pending) = (offset, null);
    }

    /// <summary>Forgets those that came before this moment of the monotonic clock.</summary>
    public void TrimOlder(long stamp)
    {
        TrimOlder(named, stamp);
        TrimOlder(nameless, stamp);
    }

    /// <summary>Begins where an earlier life of the log ended: ids up to this offset are not all known.</summary>
    public void Continue(long forgottenBefore) => forgotten = forgottenBefore;

    /// <summary>Forgets the older half, as all logs together are too much.</summary>
    public void Halve()
    {
        for (var left = Count / 2; Count > left && !Last.Value.IsUnderWay;) Forget(Last);
    }

    /// <summary>Forgets all that an engine is not at.</summary>
    public void ForgetSettled()
    {
        foreach (var list in (LinkedList<Known>[])[named, nameless])
        {
            for (var node = list.First; node is not null;)
            {
                var (known, next) = (node.Value, node.Next);
                if (!known.IsUnderWay)
                {
                    Remove(node);
                    DropIfEmpty(known.Of);
                }
                node = next;
            }
        }
    }

    /// <summary>Lets all go.</summary>
    public void Clear()
    {
        authors.Clear();
        named.Clear();
        nameless.Clear();
        Charge(-charged);
    }

    private void Charge(long bytes)
    {
        charged += bytes;
        budget.Add(bytes);
    }

    private void TrimOlder(LinkedList<Known> list, long stamp)
    {
        while (list.First is { Value.IsUnderWay: false } oldest && oldest.Value.Stamp < stamp) Forget(oldest);
    }

    /// <summary>Forgets one that is the oldest of its author.</summary>
    private void Forget(LinkedListNode<Known> node)
    {
        var of = node.Value.Of;
        while (node.List is not null) ForgetFirst(of);
        DropIfEmpty(of);
    }

    private void ForgetFirst(Authored of)
    {
        var node = of.Order.Dequeue();
        // It could not be kept, or was published anew.
        if (node.List is null) return;
        Remove(node);
        of.Forgotten = Math.Max(of.Forgotten, node.Value.Offset);
    }

    private void Remove(LinkedListNode<Known> node)
    {
        var known = node.Value;
        if (known.IsUnderWay) known.Of.UnderWay--;
        known.Of.Ids.Remove(known.Id);
        node.List!.Remove(node);
        Charge(-IdCost - Weight.Of(known.Id));
    }

    private void DropIfEmpty(Authored of)
    {
        // What is forgotten of those without names says nothing of the others.
        if (of.Ids.Count > 0 || of.IsAnonymous) return;
        authors.Remove(of.Author);
        Charge(-AuthorCost - Weight.Of(of.Author));
        forgotten = Math.Max(forgotten, of.Forgotten);
    }

    /// <summary>A publication under an id.</summary>
    /// <param name="digest">Of its content as it was sent.</param>
    /// <param name="offset">Its place, where it has one already.</param>
    /// <param name="pending">Ends when it is kept, where an engine takes its time.</param>
    public sealed class Known(UInt128 digest, long offset, Task<PublishResult>? pending)
    {
        public UInt128 Digest => digest;

        public long Offset { get; set; } = offset;

        public Task<PublishResult>? Pending { get; set; } = pending;

        public bool IsUnderWay => Pending is not null;

        internal Authored Of { get; set; } = null!;

        internal string Id { get; set; } = "";

        internal long Stamp { get; set; }
    }

    internal sealed class Authored(string author, long since)
    {
        private readonly int most = author == PublishId.Anonymous ? MostAnonymous : MostOfAuthor;

        public string Author => author;

        public bool IsAnonymous => author == PublishId.Anonymous;

        /// <summary>What was forgotten of all when this author came.</summary>
        public long Since => since;

        public Dictionary<string, LinkedListNode<Known>> Ids { get; } = new(StringComparer.Ordinal);

        /// <summary>The oldest first; those that are in no list any more count too.</summary>
        public Queue<LinkedListNode<Known>> Order { get; } = new();

        public bool IsFull => Order.Count >= most;

        public int UnderWay { get; set; }

        public long Forgotten { get; set; }
    }
}
