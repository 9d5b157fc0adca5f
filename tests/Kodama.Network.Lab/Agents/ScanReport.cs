using Kodama.Discovery;

namespace Kodama.Network.Lab.Agents;

/// <summary>What a scan has found, and how long it took.</summary>
public sealed record ScanReport(IReadOnlyList<Finding> Found, TimeSpan Duration)
{
    public IEnumerable<FoundHub> Hubs => Found.Select(finding => finding.Hub);
}

/// <param name="After">Since the scan began.</param>
public sealed record Finding(FoundHub Hub, TimeSpan After);
