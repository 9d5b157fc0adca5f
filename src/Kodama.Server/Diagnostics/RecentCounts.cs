namespace Kodama.Server;

/// <summary>What the hub has counted, each second of the last five minutes: what a chart begins with. A sample allocates nothing.</summary>
internal sealed class RecentCounts : IDisposable
{
    /// <summary>Most samples that are kept: five minutes, one a second.</summary>
    public const int Most = 300;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Taken[] ring = new Taken[Most];
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
    public StatsEvent Now() => Take().ToEvent();

    /// <summary>The samples that are kept, oldest first.</summary>
    public StatsEvent[] List()
    {
        lock (gate)
        {
            var count = (int)Math.Min(taken, Most);
            var kept = new StatsEvent[count];
            for (var i = 0; i < count; i++) kept[i] = ring[(taken - count + i) % Most].ToEvent();
            return kept;
        }
    }

    /// <summary>Takes one; the timer does.</summary>
    public void Sample()
    {
        var now = Take();
        lock (gate) ring[taken++ % Most] = now;
    }

    public void Dispose() => timer.Dispose();

    private Taken Take() => new(time.GetUtcNow(), hub.Counts, metrics.BytesIn);

    private readonly record struct Taken(DateTimeOffset Time, HubCounts Counts, long BytesIn)
    {
        public StatsEvent ToEvent() => new(
            Time, Counts.Peers, Counts.Rooms, Counts.MessagesIn, Counts.MessagesOut, BytesIn, Counts.BytesOut, Counts.Dropped,
            Counts.Refused);
    }
}
