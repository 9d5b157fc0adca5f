using System.CommandLine;
using Kodama.Bench.Log;

namespace Kodama.Bench.Cluster;

/// <summary><c>cluster</c>: what several hubs and their Redis cost.</summary>
internal static class ClusterCommand
{
    private static readonly LogFigure[] Figures =
        [new PublishFigure(), new HubCostFigure(), new AddedDelayFigure(), new ResumeElsewhereFigure()];

    public static Command Create()
    {
        var only = new Option<string[]>("--only")
        {
            Description = $"Only these figures: {string.Join(", ", Figures.Select(static f => f.Name))}.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "cluster", "What several hubs and their Redis cost: publishing, delivering, delay, a hub that dies. Writes a table to results.")
        {
            only.AcceptOnlyFromAmong([.. Figures.Select(static f => f.Name)]),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetValue(only) ?? [];
            LogFigure[] chosen = [.. Figures.Where(f => wanted.Length == 0 || wanted.Contains(f.Name))];
            return await new LogRun(chosen, "-cluster", "Cluster", "").RunAsync(cancellationToken);
        });
        return command;
    }
}
