using Kodama.Cli.Hubs;
using Kodama.Discovery;
using Spectre.Console;

namespace Kodama.Cli.Scan;

/// <summary>The table of a scan. Its cells are plain text: what hubs say of themselves is never read as markup.</summary>
internal static class HubTable
{
    public static Table Draw(HubRows rows, string? caption)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var title in (string[])["Name", "Address", "Details", "Latency", "Found by"])
            table.AddColumn(new TableColumn(new Text(title, new Style(decoration: Decoration.Bold))));
        table.Columns[3].RightAligned();
        foreach (var (hub, isHere) in rows.Shown) table.AddRow(Cells(hub, isHere));
        if (caption is not null) table.Caption(new TableTitle(Markup.Escape(caption), new Style(Color.Grey)));
        return table;
    }

    private static Text[] Cells(FoundHub hub, bool isHere)
    {
        var style = isHere ? Style.Plain : new Style(Color.Grey, decoration: Decoration.Strikethrough);
        return
        [
            new(HubWords.Name(hub), style),
            new(string.Join('\n', hub.Addresses.Select(HubWords.Address)), style),
            new(HubWords.Details(hub), style),
            new(isHere ? HubWords.Latency(hub.Latency) : "gone", isHere ? Style.Plain : new Style(Color.Grey)),
            new(HubWords.FoundBy(hub.FoundBy), style),
        ];
    }
}
