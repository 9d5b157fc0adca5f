namespace Kodama.Pusher;

/// <summary>A connection's places in channels: few, so they are looked through. Thread-safe; the list is replaced as a whole.</summary>
internal struct Subscriptions()
{
    // In the place of those of a connection that has ended.
    private static readonly Subscription[] Ended = new Subscription[1];

    private Subscription[] all = [];

    /// <summary>Whether the connection has ended: it gets no place any more.</summary>
    public readonly bool HaveEnded => Volatile.Read(in all) == Ended;

    /// <summary>The place in a channel; null, where there is none.</summary>
    public readonly Subscription? Find(string channel)
    {
        foreach (var subscription in Volatile.Read(in all))
        {
            if (subscription?.Channel == channel) return subscription;
        }
        return null;
    }

    /// <summary>False, when the connection has ended.</summary>
    public bool TryAdd(Subscription subscription)
    {
        while (true)
        {
            var seen = Volatile.Read(in all);
            if (seen == Ended) return false;
            if (Interlocked.CompareExchange(ref all, [.. seen, subscription], seen) == seen) return true;
        }
    }

    /// <summary>Takes one out; null, where it is not there any more.</summary>
    public Subscription? Take(string channel)
    {
        while (Find(channel) is { } taken)
        {
            var seen = Volatile.Read(in all);
            var others = Array.FindAll(seen, other => !ReferenceEquals(other, taken));
            if (others.Length == seen.Length) continue;
            if (Interlocked.CompareExchange(ref all, others, seen) == seen) return taken;
        }
        return null;
    }

    /// <summary>The connection ends: what it had, the first time; null after that.</summary>
    public Subscription[]? End()
    {
        var had = Interlocked.Exchange(ref all, Ended);
        return had == Ended ? null : had;
    }
}
