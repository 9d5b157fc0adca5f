using System.CommandLine;

namespace Kodama.Bench.Log;

/// <summary><c>log</c>: what the room log costs, in this process and without sockets.</summary>
internal static class LogCommand
{
    private static readonly LogFigure[] Figures = [new DeliveryFigure(), new JoinFigure(), new ResumeFigure(), new RoomsFigure(), new PagesFigure()];

    public static Command Create()
    {
        var only = new Option<string[]>("--only") { Description = "Only these figures: " + string.Join(", ", Figures.Select(f => f.Name)) + ".", AllowMultipleArgumentsPerToken = true };
        var command = new Command("log", "What the room log costs: deliveries, joins with a start, a crowd that resumes, many rooms, long logs.") { only };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(only) ?? []));
        return command;
    }

    private static async Task<int> RunAsync(string[] only)
    {
        if (only.FirstOrDefault(name => !Figures.Any(f => f.Name == name)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"There is no figure \"{unknown}\": there are {string.Join(", ", Figures.Select(f => f.Name))}.");
            return 2;
        }
        Console.WriteLine("| figure | reach | measured |");
        Console.WriteLine("|---|---|---|");
        foreach (var figure in Figures.Where(f => only.Length == 0 || only.Contains(f.Name)))
        {
            var measured = await figure.MeasureAsync();
            Console.WriteLine($"| {figure.What} | {figure.Reach} | {measured} |");
        }
        return 0;
    }
}
