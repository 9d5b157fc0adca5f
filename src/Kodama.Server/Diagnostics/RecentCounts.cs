namespace Kodama.Server;

/// <summary>What the hub has counted, each second of the last five minutes: what a chart begins with.</summary>
internal sealed class RecentCounts : IDisposable
{
    /// <summary>Most samples that are kept: five minutes, one a second.</summary>
    public const int Most = 300;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly StatsEvent[] ring = new StatsEvent[Most];
    private readonly Hub hub;
    private readonly KodamaMetrics metrics;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private long taken;

    public RecentCounts(Hub hub, KodamaMetrics metrics, TimeProvider time)
    {
        this.hub = hub;
        this.metrics = metrics;
        this.time = time;
        Sample();
        timer = time.CreateTimer(static counts => ((RecentCounts)counts!).Sample(), this, Interval, Interval);
    }

    /// <summary>What is counted at this moment.</summary>
    public StatsEvent Now()
    {
        var counts = hub.Counts;
        return new(
            time.GetUtcNow(), counts.Peers, counts.Rooms, counts.MessagesIn, counts.MessagesOut, metrics.BytesIn, counts.BytesOut,
            counts.Dropped, counts.Refused);
    }

    /// <summary>The samples that are kept, oldest first.</summary>
    public StatsEvent[] List()
    {
        lock (gate)
        {
            if (taken <= Most) return ring[..(int)taken];
            var oldest = (int)(taken % Most);
            return [.. ring.AsSpan(oldest), .. ring.AsSpan(0, oldest)];
        }
    }

    /// <summary>Takes one; the timer does.</summary>
    public void Sample()
    {
        var now = Now();
        lock (gate) ring[taken++ % Most] = now;
    }

    public void Dispose() => timer.Dispose();
}
