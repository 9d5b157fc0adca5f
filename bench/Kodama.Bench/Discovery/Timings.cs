namespace Kodama.Bench.Discovery;

/// <summary>The same thing, timed again and again.</summary>
internal sealed record Timings(string What, Reach Reach, IReadOnlyList<TimeSpan> Times)
{
    private readonly IReadOnlyList<TimeSpan> _sorted = [.. Times.Order()];

    public TimeSpan Median => Percentile(50);

    /// <summary>The 99th percentile, nearest rank: of fewer than a hundred the longest.</summary>
    public TimeSpan Worst => Percentile(99);

    public bool IsReached => Reach.IsReachedBy(this);

    private TimeSpan Percentile(int percent) => _sorted[(_sorted.Count * percent + 99) / 100 - 1];
}
