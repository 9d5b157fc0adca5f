using System.CommandLine;

namespace Kodama.Bench.Log;

/// <summary><c>log</c>: what the room log costs.</summary>
internal static class LogCommand
{
    private static readonly LogFigure[] InMemory =
        [new DeliveryFigure(), new JoinFigure(), new ResumeFigure(), new RoomsFigure(), new PagesFigure()];

    public static Command Create()
    {
        var names = string.Join(", ", [.. InMemory.Select(f => f.Name), .. Durable("").Select(f => f.Name)]);
        var only = new Option<string[]>("--only")
        {
            Description = $"Only these figures: {names}.",
            AllowMultipleArgumentsPerToken = true,
        };
        var durable = new Option<string?>("--durable")
        {
            Description = "Those of durable rooms instead, on the disk of this folder (default: where you are)",
            HelpName = "folder",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "log", "What the room log costs: deliveries, joins, crowds that resume, many rooms, long logs. Writes a table to results.")
        {
            only, durable,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var isDurable = parsed.GetResult(durable) is not null;
            var figures = isDurable ? Durable(Path.GetFullPath(parsed.GetValue(durable) ?? ".")) : InMemory;
            var wanted = parsed.GetValue(only) ?? [];
            if (wanted.FirstOrDefault(name => !figures.Any(f => f.Name == name)) is { } unknown)
            {
                var there = string.Join(", ", figures.Select(f => f.Name));
                await Console.Error.WriteLineAsync(
                    $"There is no figure \"{unknown}\" {(isDurable ? "of durable rooms" : "without --durable")}: there are {there}.");
                return 2;
            }
            var chosen = figures.Where(f => wanted.Length == 0 || wanted.Contains(f.Name));
            var run = new LogRun([.. chosen], isDurable ? "-durable" : "-log", "Room log", PublishedFigures.Markdown);
            return await run.RunAsync(cancellationToken);
        });
        return command;
    }

    private static LogFigure[] Durable(string folder) => [new DurableRateFigure(folder), new DurableDelayFigure(folder)];
}
