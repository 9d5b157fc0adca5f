using System.Globalization;
using System.Text;
using Kodama.Bench.Processes;
using Kodama.Bench.Scenarios;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Compare;

/// <summary>The outcomes as a page of Markdown: a row per figure, a column per server.</summary>
internal sealed class ResultTable(CompareOptions options, Machine machine)
{
    // Ours is the first.
    private readonly string _own = options.Servers[0].Name;
    private readonly Dictionary<(Scenario Scenario, string Server), Outcome> _outcomes = [];

    public bool AnyFailed => _outcomes.Values.Any(o => o.Failure is not null);

    public void Add(Scenario scenario, BenchServer server, Outcome outcome) => _outcomes[(scenario, server.Name)] = outcome;

    public string ToMarkdown(Func<BenchServer, string> version)
    {
        var text = new StringBuilder();
        Line($"# Comparison of {machine.Time:yyyy-MM-dd HH:mm} UTC, commit {machine.Commit}");
        Line($"");
        Line($"- Machine: {machine.Processor}, {machine.Memory}; {machine.System}; load average {machine.Load} before the run");
        Line($"- {machine.Runtime}, node {machine.Node}; {string.Join(", ", options.Servers.Select(s => $"{s.Name}: {version(s)}"))}");
        var cores = ChildProcess.CanPin
            ? "Server pinned to core 0, load to core 1"
            : "NOT PINNED: taskset or a second core is missing, so server and load share cores";
        Line($"- {cores}; {Load()}");
        var quick = options.Quick ? "; QUICK: these figures say nothing" : "";
        Line($"- Measured for {options.Seconds:0.#} s after {options.WarmUpSeconds:0.#} s of warm-up{quick}");
        Line($"");
        Line($"In brackets: times the first server's figure. A * marks a run in which the load generator's core was the limit.");
        Line($"");
        Line($"| scenario | figure | {string.Join(" | ", options.Servers.Select(s => s.Name))} |");
        Line($"|---|---|{string.Concat(options.Servers.Select(_ => "---|"))}");
        foreach (var scenario in options.Scenarios)
            Rows(scenario);
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        void Rows(Scenario scenario)
        {
            var done = options.Servers.Select(s => _outcomes[(scenario, s.Name)]).ToList();
            var names = done.FirstOrDefault(o => o.Failure is null)?.Figures.Select(f => f.Name).ToList() ?? [""];
            for (var i = 0; i < names.Count; i++)
            {
                var first = i == 0 ? $"**{scenario.Name}**: {scenario.Describe(options.Quick)}" : "";
                Line($"| {first} | {names[i]} | {string.Join(" | ", done.Select(o => Cell(scenario, o, i)))} |");
            }
        }
    }

    private string Load() => options.Wsload is { } path ? $"load by {Path.GetFileName(path)} (rooms, polling: built in)" : "load built in";

    private string Cell(Scenario scenario, Outcome outcome, int row)
    {
        if (outcome.Failure is { } failure)
            return row == 0 ? $"failed: {failure.ReplaceLineEndings(" ").Replace('|', '/')}" : "";
        var figure = outcome.Figures[row];
        var own = _outcomes.GetValueOrDefault((scenario, _own));
        var ratio = own is { Failure: null } && own != outcome ? figure.Value / own.Figures[row].Value : null;
        var mark = outcome.LoadBound ? "*" : "";
        return ratio is { } times and > 0 and < double.PositiveInfinity
            ? string.Create(CultureInfo.InvariantCulture, $"{figure.Text}{mark} ({times:0.00} x)")
            : $"{figure.Text}{mark}";
    }
}
