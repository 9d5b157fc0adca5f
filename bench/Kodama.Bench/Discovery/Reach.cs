using System.Globalization;

namespace Kodama.Bench.Discovery;

/// <summary>What a time is to be at most: in the middle, where that is asked for, and at its 99th percentile.</summary>
internal sealed record Reach(TimeSpan? Median, TimeSpan Worst)
{
    public static Reach Under(double seconds) => new(null, TimeSpan.FromSeconds(seconds));

    public bool IsReachedBy(Timings timings) => (Median is null || timings.Median <= Median) && timings.Worst <= Worst;

    public override string ToString() => Median is { } median
        ? string.Create(CultureInfo.InvariantCulture, $"{median.TotalMilliseconds:0} / {Worst.TotalMilliseconds:0}")
        : string.Create(CultureInfo.InvariantCulture, $"{Worst.TotalMilliseconds:0}");
}
