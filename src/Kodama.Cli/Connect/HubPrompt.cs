using System.Threading.Channels;
using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Connect;

/// <summary>Lets a person pick one of several hubs, with the arrows or its number, and Enter.</summary>
internal static class HubPrompt
{
    private const string Question = "Which hub? Arrows or its number, then Enter.";

    /// <summary>The hub that was picked; the only one without a question, null of none.</summary>
    /// <exception cref="CommandException">The terminal is gone.</exception>
    public static async Task<FoundHub?> PickAsync(
        IReadOnlyList<FoundHub> found, Terminal terminal, ChannelReader<ConsoleKeyInfo> keys, CancellationToken cancellationToken)
    {
        if (found.Count < 2) return found is [var only] ? only : null;
        var (marked, typed) = (0, 0);
        try
        {
            terminal.ShowBlock(Lines(found, marked, terminal.Height));
            await foreach (var key in keys.ReadAllAsync(cancellationToken))
            {
                if (key.Key == ConsoleKey.Enter) return found[marked];
                typed = char.IsAsciiDigit(key.KeyChar) ? Number(typed, key.KeyChar - '0', found.Count) : 0;
                marked = (typed, key.Key) switch
                {
                    ( > 0, _) => typed - 1,
                    (_, ConsoleKey.UpArrow) => (marked + found.Count - 1) % found.Count,
                    (_, ConsoleKey.DownArrow or ConsoleKey.Tab) => (marked + 1) % found.Count,
                    _ => marked,
                };
                terminal.ShowBlock(Lines(found, marked, terminal.Height));
            }
        }
        finally
        {
            terminal.RemoveStatus();
        }
        throw new CommandException(ExitCode.NotConnected, "the terminal is gone before a hub was picked.");
    }

    // Digits one after the other are one number, as long as there are so many; 0 is none.
    private static int Number(int typed, int digit, int most) =>
        (typed * 10) + digit is var longer && longer <= most ? longer : digit <= most ? digit : 0;

    // Of more hubs than there are rows, those around the mark.
    private static List<string> Lines(IReadOnlyList<FoundHub> found, int marked, int height)
    {
        var rows = Math.Clamp(height - 2, 1, found.Count);
        var first = Math.Clamp(marked - rows / 2, 0, found.Count - rows);
        return
        [
            Question,
            .. Enumerable.Range(first, rows).Select(i => (i == marked ? "> " : "  ") + Line(i + 1, found[i])),
        ];
    }

    private static string Line(int number, FoundHub hub) =>
        $"{number}  {HubWords.Name(hub)}  {HubWords.Address(hub)}  {HubWords.Details(hub)}";
}
