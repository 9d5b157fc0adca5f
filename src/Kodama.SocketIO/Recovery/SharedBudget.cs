namespace Kodama.SocketIO;

/// <summary>An amount that many have a part of. Only when all have too much together has one too much: if it has more than an equal part.
/// Thread-safe.</summary>
/// <remarks>Who has much lets go when it is asked the next time. Should that take too long, nobody gets more: all together never have more
/// than twice the amount.</remarks>
internal sealed class SharedBudget(long max)
{
    private long used;
    private int users;

    /// <summary>What all have together.</summary>
    public long Used => Interlocked.Read(ref used);

    /// <summary>One of them has that much now, where it had so much.</summary>
    public void Change(long before, long after)
    {
        Interlocked.Add(ref used, after - before);
        if (before == 0 && after > 0) Interlocked.Increment(ref users);
        if (before > 0 && after == 0) Interlocked.Decrement(ref users);
    }

    /// <summary>Whether one that has so much is to let some of it go. Of those that have anything, at least one has more than an equal part
    /// when all have too much.</summary>
    public bool IsTooMuch(long own)
    {
        var all = Used;
        return all > 2 * max ? own > 0 : all > max && own > max / Math.Max(1, Volatile.Read(ref users));
    }
}
