using Kodama.Discovery;
using Spectre.Console;

namespace Kodama.Cli.Scan;

/// <summary>For a person: a table that grows while the scan runs, and changes while it watches.</summary>
internal sealed class TableScanView(IAnsiConsole console, bool watch) : IScanView
{
    public async Task<int> ShowAsync(IAsyncEnumerable<HubChange> changes)
    {
        var rows = new HubRows();
        var live = console.Live(HubTable.Draw(rows, watch ? "Watching; Ctrl-C ends it." : "Looking…"));
        // What stays on the screen is drawn at the end, whole: a live one is cut to the height of the terminal.
        await live.AutoClear(true).StartAsync(async context =>
        {
            await foreach (var change in changes)
            {
                rows.Apply(change);
                context.UpdateTarget(HubTable.Draw(rows, watch ? "Watching; Ctrl-C ends it." : "Looking…"));
            }
        });
        if (rows.Shown.Count > 0) console.Write(HubTable.Draw(rows, null));
        return rows.Found;
    }
}
