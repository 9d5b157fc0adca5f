namespace Kodama.Discovery;

/// <summary>What a scan needs of the machine; tests put clocks and networks of their own here.</summary>
internal sealed record ScanEnvironment
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The links of a port: 5353, or 0 for ports of their own.</summary>
    public required Func<int, IMulticastNetwork> Links { get; init; }

    public required Func<IReadOnlyList<LocalInterface>> Interfaces { get; init; }

    public Random Random { get; init; } = Random.Shared;

    public static ScanEnvironment Of(ScanOptions options)
    {
        // What is named and not there is an error now; later it may come and go.
        string[] named = [.. options.Interfaces];
        if (named.Length > 0) LocalInterfaces.List(named);
        return new ScanEnvironment
        {
            Links = port => new MulticastNetwork(named, port, TimeProvider.System),
            Interfaces = () => LocalInterfaces.Current(named),
        };
    }
}
