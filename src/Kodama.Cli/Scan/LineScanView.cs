using Kodama.Cli.Terminals;
using Kodama.Cli.Hubs;
using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary>For a file or a pipe: one line per hub, with tabs between name, address (of a cluster those of all hubs, behind commas),
/// latency, way and details; while watching, what happened stands before them.</summary>
internal sealed class LineScanView(Terminal terminal, bool watch) : IScanView
{
    public async Task<int> ShowAsync(IAsyncEnumerable<HubChange> changes)
    {
        var found = 0;
        await foreach (var (kind, hub) in changes)
        {
            if (kind == HubChangeKind.Found) found++;
            string[] columns =
            [
                HubWords.Name(hub), Address(hub), HubWords.Latency(hub.Latency), HubWords.FoundBy(hub.FoundBy),
                HubWords.Details(hub),
            ];
            terminal.WriteLine((watch ? HubWords.Change(kind) + "\t" : "") + string.Join('\t', columns));
        }
        return found;
    }

    // A hub has one that is best; of a cluster each leads to another hub.
    private static string Address(FoundHub hub) =>
        hub.Cluster is null ? HubWords.Address(hub) : string.Join(", ", hub.Addresses.Select(HubWords.Address));
}
