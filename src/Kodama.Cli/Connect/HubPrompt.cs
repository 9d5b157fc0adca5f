using System.Threading.Channels;
using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Connect;

/// <summary>Lets a person pick one of several hubs, with the arrows and Enter or with its number.</summary>
internal static class HubPrompt
{
    private const string Question = "Which hub? Arrows and Enter, or its number.";

    /// <summary>The hub that was picked; the only one without a question, null of none.</summary>
    /// <exception cref="CommandException">The terminal is gone.</exception>
    public static async Task<FoundHub?> PickAsync(
        IReadOnlyList<FoundHub> found, Terminal terminal, ChannelReader<ConsoleKeyInfo> keys, CancellationToken cancellationToken)
    {
        if (found.Count < 2) return found.FirstOrDefault();
        var marked = 0;
        try
        {
            terminal.ShowBlock(Lines(found, marked, terminal.Height));
            await foreach (var key in keys.ReadAllAsync(cancellationToken))
            {
                switch (key.Key)
                {
                    case ConsoleKey.Enter: return found[marked];
                    case ConsoleKey.UpArrow: marked = (marked + found.Count - 1) % found.Count; break;
                    case ConsoleKey.DownArrow or ConsoleKey.Tab: marked = (marked + 1) % found.Count; break;
                    // With ten or more a digit may be the first of two.
                    case var _ when key.KeyChar is >= '1' and <= '9' && key.KeyChar - '0' <= found.Count && found.Count < 10:
                        return found[key.KeyChar - '1'];
                }
                terminal.ShowBlock(Lines(found, marked, terminal.Height));
            }
        }
        finally
        {
            terminal.RemoveStatus();
        }
        throw new CommandException(ExitCode.NotConnected, "the terminal is gone before a hub was picked.");
    }

    // Of more hubs than there are rows, those around the mark.
    private static IEnumerable<string> Lines(IReadOnlyList<FoundHub> found, int marked, int height)
    {
        var rows = Math.Clamp(height - 2, 1, found.Count);
        var first = Math.Clamp(marked - rows / 2, 0, found.Count - rows);
        yield return Question;
        for (var i = first; i < first + rows; i++)
        {
            var hub = found[i];
            yield return $"{(i == marked ? '>' : ' ')} {i + 1}  {HubWords.Name(hub)}  {HubWords.Address(hub)}  {HubWords.Details(hub)}";
        }
    }
}
