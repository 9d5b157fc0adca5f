using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary>The table of a scan, as lines: what is gone is struck through.</summary>
internal static class HubTable
{
    private static readonly TableRow Titles =
        new([["NAME"], ["ADDRESS"], ["LATENCY"], ["FOUND BY"], ["DETAILS"]], TextStyle.Bold);

    /// <param name="rows">What is shown.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Lines(HubRows rows, int width) =>
        TextTable.Lines([Titles, .. rows.Shown.Select(shown => Row(shown.Hub, shown.IsHere))], width);

    private static TableRow Row(FoundHub hub, bool isHere) => new(
        [
            [HubWords.Name(hub)],
            [.. hub.Addresses.Select(HubWords.Address)],
            [isHere ? HubWords.Latency(hub.Latency) : "gone"],
            [HubWords.FoundBy(hub.FoundBy)],
            [HubWords.Details(hub)],
        ],
        isHere ? TextStyle.Plain : TextStyle.Struck);
}
