using Kodama.Cli.Terminals;
using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary>For a person: a table that grows while the scan runs, and changes while it watches.</summary>
internal sealed class TableScanView(Terminal terminal, bool watch) : IScanView
{
    public async Task<int> ShowAsync(IAsyncEnumerable<HubChange> changes)
    {
        var rows = new HubRows();
        var above = TextStyle.Faint.Of(watch ? "Watching; Ctrl-C ends it." : "Looking…");
        try
        {
            terminal.ShowBlock([above]);
            await foreach (var change in changes)
            {
                rows.Apply(change);
                terminal.ShowBlock([above, .. HubTable.Lines(rows, terminal.Width)]);
            }
        }
        finally
        {
            terminal.RemoveStatus();
        }
        // What stays on the screen is written whole: a block is cut to the height of the terminal.
        if (rows.Shown.Count > 0) foreach (var line in HubTable.Lines(rows, terminal.Width)) terminal.WriteLine(line);
        return rows.Found;
    }
}
