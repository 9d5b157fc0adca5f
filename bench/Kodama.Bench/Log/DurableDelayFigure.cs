namespace Kodama.Bench.Log;

/// <summary>How long a message waits for its acknowledgement, beside what the disk alone takes.</summary>
/// <param name="folder">On the disk that is measured.</param>
internal sealed class DurableDelayFigure(string folder) : LogFigure
{
    private const int PerSecond = 2_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SyncLength = TimeSpan.FromSeconds(2);

    public override string Name => "delay";

    public override string What =>
        "durable: p99 of the acknowledgement at 2,000/s, beside that of a bare fdatasync of 4 KiB in the same folder before and after";

    public override string Reach => "15 ms";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var syncs = RawSync.Measure(folder, SyncLength);
        var (one, many) = (await DelaysAsync(1), await DelaysAsync(DurablePublishers.Count));
        syncs.AddRange(RawSync.Measure(folder, SyncLength));
        return $"{Text(one)} in one room, {Text(many)} in 64; fdatasync {Text(syncs)}";
    }

    private static string Text(List<double> times)
    {
        times.Sort();
        var (half, most) = (times[times.Count / 2], times[(int)((times.Count - 1) * .99)]);
        return FormattableString.Invariant($"{most:0.0} ms (p50 {half:0.0}, of {times.Count:#,0})");
    }

    private async Task<List<double>> DelaysAsync(int rooms)
    {
        await using var publishers = await DurablePublishers.StartAsync(folder, rooms);
        return await publishers.RunAsync(Length, PerSecond);
    }
}
