using System.Globalization;
using System.Text;
using Kodama.Bench.Compare;
using Kodama.Bench.Load;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Log;

/// <summary>Measures the figures one after another, and writes them as a page of Markdown beside what others have published.</summary>
/// <param name="figures">What is measured.</param>
/// <param name="suffix">Of the page's name.</param>
/// <param name="title">Of the page.</param>
/// <param name="published">What others have published; empty for nothing.</param>
internal sealed class LogRun(IReadOnlyList<LogFigure> figures, string suffix, string title, string published)
{
    /// <summary>The exit code: 0 where every figure held what it promises, however quick it was.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var repository = Repository.Find();
        var machine = await Machine.ReadAsync(repository, cancellationToken);
        var text = new StringBuilder();
        Line($"# {title} of {machine.Time:yyyy-MM-dd HH:mm} UTC, commit {machine.Commit}");
        Line($"");
        Line($"- Machine: {machine.Processor}, {machine.Memory}; {machine.System}; load average {machine.Load} before the run");
        var pinned = ChildProcess.CanPin ? "where there are sockets, hub pinned to core 0, load to core 1" : "NOT PINNED";
        Line($"- {machine.Runtime}; clients on the same machine; {pinned}");
        Line($"");
        Line($"| figure | to reach | measured | load average |");
        Line($"|---|---|---|---|");
        var failed = false;
        foreach (var figure in figures)
        {
            var (measured, load) = (await MeasureAsync(figure), await LoadAverageAsync());
            Line($"| **{figure.Name}**: {figure.What} | {figure.Reach} | {measured} | {load} |");
        }
        if (published.Length > 0) Line($"\n{published}");

        var file = Path.Combine(repository, "bench", "results", $"{machine.Time:yyyy-MM-dd-HHmm}-{machine.Commit}{suffix}.md");
        await File.WriteAllTextAsync(file, text.ToString(), cancellationToken);
        Console.WriteLine($"Written to {Path.GetRelativePath(repository, file)}.");
        return failed ? 1 : 0;

        void Line(FormattableString line)
        {
            var written = line.ToString(CultureInfo.InvariantCulture);
            text.Append(written).Append('\n');
            Console.WriteLine(written);
        }

        async Task<string> MeasureAsync(LogFigure figure)
        {
            try
            {
                return await figure.MeasureAsync(cancellationToken);
            }
            catch (Exception e) when (e is InvalidOperationException or LoadException)
            {
                failed = true;
                return $"**failed**: {e.Message.ReplaceLineEndings(" ").Replace('|', '/')}";
            }
        }

        async Task<string> LoadAverageAsync() => (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0];
    }
}
