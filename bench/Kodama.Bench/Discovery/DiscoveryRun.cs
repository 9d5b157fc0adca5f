using System.Globalization;
using System.Text;
using Kodama.Bench.Compare;
using Kodama.Network.Lab;

namespace Kodama.Bench.Discovery;

/// <summary>Measures the figures one after another, and writes them as a page of Markdown.</summary>
internal sealed class DiscoveryRun(IReadOnlyList<DiscoveryFigure> figures, bool quick)
{
    /// <summary>The exit code: 0 where every figure is reached.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (LabRequirements.Missing() is { } missing)
        {
            await Console.Error.WriteLineAsync($"There is no network laboratory: {missing}.");
            return 2;
        }

        var repository = Repository.Find();
        var machine = await Machine.ReadAsync(repository, cancellationToken);
        var text = new StringBuilder();
        Line($"# Discovery of {machine.Time:yyyy-MM-dd HH:mm} UTC, commit {machine.Commit}");
        Line($"");
        Line($"- Machine: {machine.Processor}, {machine.Memory}; {machine.System}; load average {machine.Load} before the run");
        var remark = quick ? "; QUICK: these figures say nothing" : "";
        Line($"- {machine.Runtime}; hosts are network namespaces on a bridge, all on this machine{remark}");
        Line($"");
        Line($"| milliseconds | to reach | median | p99 | runs | reached |");
        Line($"|---|---|---|---|---|---|");
        var reached = true;
        foreach (var figure in figures)
        {
            foreach (var row in await RowsAsync(figure))
                Line($"{row}");
        }

        if (!quick)
        {
            var file = Path.Combine(repository, "bench", "results", $"{machine.Time:yyyy-MM-dd-HHmm}-{machine.Commit}-discovery.md");
            await File.WriteAllTextAsync(file, text.ToString(), cancellationToken);
            Console.WriteLine($"Written to {Path.GetRelativePath(repository, file)}.");
        }

        return reached ? 0 : 1;

        void Line(FormattableString line)
        {
            var written = line.ToString(CultureInfo.InvariantCulture);
            text.Append(written).Append('\n');
            Console.WriteLine(written);
        }

        async Task<IReadOnlyList<string>> RowsAsync(DiscoveryFigure figure)
        {
            try
            {
                var timings = await figure.MeasureAsync(quick);
                reached &= timings.All(t => t.IsReached);
                return [.. timings.Select(Row)];
            }
            catch (LabException e)
            {
                reached = false;
                await Console.Error.WriteLineAsync(e.Message);
                return [$"| {figure.Name} | | | | | failed |"];
            }
        }
    }

    private static string Row(Timings t) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {t.What} | {t.Reach} | {t.Median.TotalMilliseconds:0} | {t.Worst.TotalMilliseconds:0} | {t.Times.Count} "
        + $"| {(t.IsReached ? "yes" : "**no**")} |");
}
