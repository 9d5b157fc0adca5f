using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Kodama.Hostile.Tests;

/// <summary>What was measured during each attack: printed and kept beside the tests, never asserted by time.</summary>
public sealed class Findings : IDisposable
{
    private static readonly ConcurrentQueue<Finding> All = [];

    public static string File { get; } = Path.Combine(AppContext.BaseDirectory, "hostile.md");

    internal static void Add(Finding finding)
    {
        All.Enqueue(finding);
        TestContext.Current.TestOutputHelper?.WriteLine(finding.ToString());
    }

    /// <summary>Writes the table when the last test has ended, the attack with the worst latency first.</summary>
    public void Dispose()
    {
        var table = new StringBuilder("| attack | echoes | median ms | worst ms | peak MB |\n|---|---:|---:|---:|---:|\n");
        foreach (var finding in All.OrderByDescending(f => f.Worst)) table.AppendLine(finding.ToString());
        System.IO.File.WriteAllText(File, table.ToString());
        Console.WriteLine(table);
    }
}

internal sealed record Finding(string Attack, int Echoes, TimeSpan Median, TimeSpan Worst, long PeakMegabytes)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
            $"| {Attack} | {Echoes} | {Median.TotalMilliseconds:0.0} | {Worst.TotalMilliseconds:0.0} | {PeakMegabytes} |");
}
