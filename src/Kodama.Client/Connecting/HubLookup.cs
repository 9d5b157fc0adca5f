using Kodama.Discovery;

namespace Kodama.Client.Connecting;

/// <summary>The hubs of the network, as they are found.</summary>
internal delegate IAsyncEnumerable<FoundHub> HubLookup(ScanOptions options, CancellationToken cancellationToken);

internal static class HubLookups
{
    /// <summary>The network that this machine is in.</summary>
    public static readonly HubLookup Network = Scanner.ScanAsync;
}
