namespace Kodama.Server;

/// <summary>The last notices of refusals, for those who look later, and for streams that go on from where they have read.</summary>
internal sealed class RecentRefusals
{
    /// <summary>Most that are kept: some minutes of the most that can be.</summary>
    public const int Most = 32;

    private readonly Lock gate = new();
    private readonly Queue<RefusalNotice> kept = new();
    private long total;

    /// <summary>How many there have been since the start.</summary>
    public long Total => Interlocked.Read(ref total);

    public void Add(RefusalNotice notice)
    {
        lock (gate)
        {
            kept.Enqueue(notice);
            if (kept.Count > Most) kept.Dequeue();
            Interlocked.Increment(ref total);
        }
    }

    /// <summary>Those that are kept of all behind the first so many, and how many there have been with them.</summary>
    public (RefusalNotice[] Notices, long Total) After(long seen)
    {
        lock (gate) return ([.. kept.TakeLast((int)Math.Min(kept.Count, total - seen))], total);
    }
}
