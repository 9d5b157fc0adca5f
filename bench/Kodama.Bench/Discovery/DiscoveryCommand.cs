using System.CommandLine;

namespace Kodama.Bench.Discovery;

internal static class DiscoveryCommand
{
    public static Command Create()
    {
        var names = string.Join(',', DiscoveryFigure.All.Select(f => f.Name));
        var only = new Option<string?>("--only") { Description = $"Figures, separated by commas (default {names})" };
        only.Validators.Add(result =>
        {
            if (Names(result.GetValueOrDefault<string?>()).FirstOrDefault(w => DiscoveryFigure.All.All(f => f.Name != w)) is { } unknown)
                result.AddError($"--only: \"{unknown}\" is none of {names}.");
        });
        var quick = new Option<bool>("--quick") { Description = "A few runs of each, to see that everything works; writes no results" };

        var command = new Command(
            "discovery", "Measures how fast hubs are found, in a network of namespaces; as root. Writes a table to bench/results.")
        {
            only, quick,
        };
        command.SetAction((result, cancellationToken) =>
        {
            var wanted = Names(result.GetValue(only));
            var figures = wanted.Length == 0 ? DiscoveryFigure.All : [.. DiscoveryFigure.All.Where(f => wanted.Contains(f.Name))];
            return new DiscoveryRun(figures, result.GetValue(quick)).RunAsync(cancellationToken);
        });
        return command;
    }

    private static string[] Names(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
