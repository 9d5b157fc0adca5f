using System.CommandLine;
using System.Globalization;
using Kodama.Chaos;

namespace Kodama.Bench.Chaos;

/// <summary><c>chaos</c>: what is promised to clients, while their hub is killed and their connections are.</summary>
internal static class ChaosCommand
{
    private const int MostBroken = 20;

    // A message of an exception with its stack trace is one line.
    private const int MaxLine = 400;

    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "Length of the run", DefaultValueFactory = _ => 10 };
        var kills = new Option<int>("--kills") { Description = "How often the hub is killed", DefaultValueFactory = _ => 10 };
        var seed = new Option<int?>("--seed") { Description = "Repeats what befalls connections (default: random, and printed)" };
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is < 0 or > 1440)
                result.AddError("--minutes must be from 0 to 1440.");
        });
        kills.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
                result.AddError("--kills must be from 1 to 10000.");
        });

        var command = new Command(
            "chaos",
            "Clients in C#, Node and Chromium behind proxies that cut, stall and delay, while the hub is killed; then all must be there.")
        {
            minutes, kills, seed,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new ChaosOptions
            {
                Kills = result.GetValue(kills),
                Storm = TimeSpan.FromMinutes(result.GetValue(minutes)) / result.GetValue(kills),
                Handfuls = result.GetValue(minutes) > 0 ? int.MaxValue : new ChaosOptions().Handfuls,
                Seed = result.GetValue(seed) ?? Random.Shared.Next(),
            },
            cancellationToken));
        return command;
    }

    /// <summary>The exit code: 0 where every promise was kept, 1 if not.</summary>
    private static async Task<int> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        ChaosReport report;
        try
        {
            report = await new ChaosRun(options, line => Line($"{DateTime.UtcNow:HH:mm:ss} {FormattableString.Invariant(line)}"))
                .RunAsync(cancellationToken);
        }
        catch (ChaosException exception)
        {
            await Console.Error.WriteLineAsync($"BROKEN {exception.Message}");
            return 1;
        }

        var verdict = report.Verdict;
        Line($"");
        Line($"| | |");
        Line($"|---|---|");
        Line($"| clients | {report.Clients} |");
        Line($"| kills of the hub | {report.Returns.Count} |");
        Line($"| connections cut, and stalled, besides | {report.Cuts:N0}, {report.Stalls:N0} |");
        Line($"| messages published, and acknowledged | {verdict.Published:N0}, {verdict.Acknowledged:N0} |");
        Line($"| refused, or of unknown outcome | {verdict.Refused:N0} |");
        Line($"| messages heard, of all clients | {verdict.Heard:N0} |");
        Line($"| lost, doubled, misordered | {verdict.Lost:N0}, {verdict.Doubled:N0}, {verdict.Misordered:N0} |");
        Line($"| gaps told, and made | {verdict.GapsTold:N0}, {report.GapsMade:N0} |");
        foreach (var isSmooth in (bool[])[true, false])
        {
            var lasts = report.Returns.Where(r => r.IsSmooth == isSmooth).Select(r => r.Last).Order().ToList();
            if (lasts.Count == 0)
                continue;
            var (way, median) = (isSmooth ? "on smooth ways" : "in the storm", lasts[lasts.Count / 2]);
            Line($"| hub's return to the last client's resume, {way}: median, worst | {median:0.00} s, {lasts[^1]:0.00} s |");
        }
        var broken = report.Broken.ToList();
        foreach (var one in broken.Take(MostBroken))
            Line($"BROKEN {(one.Length <= MaxLine ? one : one[..MaxLine] + "...")}");
        if (broken.Count > MostBroken)
            Line($"and {broken.Count - MostBroken} more");
        return broken.Count == 0 ? 0 : 1;
    }

    private static void Line(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
