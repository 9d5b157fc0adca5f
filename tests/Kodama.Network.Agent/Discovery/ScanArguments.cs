using Kodama.Discovery;

namespace Kodama.Network.Agent.Discovery;

/// <summary>What of <see cref="ScanOptions"/> a test sets.</summary>
public sealed record ScanArguments
{
    public FoundBy By { get; init; } = FoundBy.Any;

    public IReadOnlyList<string> Subnets { get; init; } = [];

    public IReadOnlyList<int> Ports { get; init; } = [];

    public IReadOnlyList<string> Interfaces { get; init; } = [];

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? HostTimeout { get; init; }

    public TimeSpan? WatchInterval { get; init; }

    /// <summary>Ends the scan when this many are found.</summary>
    public int? Most { get; init; }

    internal ScanOptions ToOptions()
    {
        var options = new ScanOptions { By = By };
        foreach (var subnet in Subnets) options.Subnets.Add(subnet);
        foreach (var port in Ports) options.Ports.Add(port);
        foreach (var name in Interfaces) options.Interfaces.Add(name);
        options.Timeout = Timeout ?? options.Timeout;
        options.HostTimeout = HostTimeout ?? options.HostTimeout;
        options.WatchInterval = WatchInterval ?? options.WatchInterval;
        return options;
    }
}
