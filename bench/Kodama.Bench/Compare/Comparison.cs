using Kodama.Bench.Load;
using Kodama.Bench.Scenarios;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Compare;

/// <summary>Every scenario by every server, the servers of one scenario one after another so that they share what else the machine
/// does.</summary>
internal sealed class Comparison(CompareOptions options)
{
    /// <summary>The exit code: 0 where every row held what it promises.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var repository = Repository.Find();
        var machine = await Machine.ReadAsync(repository, cancellationToken);
        var table = new ResultTable(options, machine);
        foreach (var scenario in options.Scenarios)
        {
            foreach (var server in options.Servers)
            {
                var outcome = await RunAsync(scenario, new Stage(options, server, repository), cancellationToken);
                table.Add(scenario, server, outcome);
                Console.WriteLine($"{scenario.Name,-10} {server.Name,-11} {Line(outcome)}");
            }
        }

        var text = table.ToMarkdown(s => Version(s, repository));
        Console.WriteLine();
        Console.WriteLine(text);
        if (!options.Quick)
        {
            var file = Path.Combine(repository, "bench", "results", $"{machine.Time:yyyy-MM-dd-HHmm}-{machine.Commit}{options.Suffix}.md");
            await File.WriteAllTextAsync(file, text, cancellationToken);
            Console.WriteLine($"Written to {Path.GetRelativePath(repository, file)}.");
        }

        return table.AnyFailed ? 1 : 0;
    }

    private static async Task<Outcome> RunAsync(Scenario scenario, Stage stage, CancellationToken cancellationToken)
    {
        try
        {
            return await scenario.RunAsync(stage, cancellationToken);
        }
        catch (LoadException e)
        {
            return Outcome.Failed(e.Message);
        }
    }

    private static string Line(Outcome outcome) =>
        outcome.Failure is { } failure ? $"failed: {failure}" : string.Join(", ", outcome.Figures.Select(f => $"{f.Text} {f.Name}"));

    private static string Version(BenchServer server, string repository) =>
        File.Exists(Path.Combine(repository, server.Needs)) ? server.Version(repository) : "missing";
}
