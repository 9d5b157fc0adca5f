using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary>The table of a scan, as lines; on a narrow terminal, a block for each hub. What is gone is faint.</summary>
internal static class HubTable
{
    private static readonly TableRow Titles =
        new([["NAME"], ["ADDRESS"], ["LATENCY"], ["FOUND BY"], ["DETAILS"]], TextStyle.Bold);

    /// <param name="rows">What is shown.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Lines(HubRows rows, int width)
    {
        // One long name is not to push all addresses out.
        TableRow[] table = [Titles, .. rows.Shown.Select(shown => Row(shown.Hub, shown.IsHere, width / 3))];
        return TextTable.Fits(table, width)
            ? TextTable.Lines(table, width)
            : TextTable.Blocks([.. rows.Shown.Select(shown => Row(shown.Hub, shown.IsHere, int.MaxValue))], width);
    }

    private static TableRow Row(FoundHub hub, bool isHere, int longestName) => new(
        [
            [Columns.Cut(HubWords.Name(hub), longestName)],
            [.. hub.Addresses.Select(HubWords.Address)],
            [isHere ? HubWords.Latency(hub.Latency) : "gone"],
            [HubWords.FoundBy(hub.FoundBy)],
            [HubWords.Details(hub)],
        ],
        isHere ? TextStyle.Plain : TextStyle.Faint);
}
