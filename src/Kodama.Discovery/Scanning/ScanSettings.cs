using System.Globalization;

namespace Kodama.Discovery;

/// <summary>The options of a scan, checked, as they were when it began.</summary>
internal sealed record ScanSettings
{
    private const int MaxMaxConnections = 4096;

    public required FoundBy By { get; init; }
    public required IReadOnlyList<Subnet> Subnets { get; init; }
    public required IReadOnlyList<int> Ports { get; init; }
    public required TimeSpan Timeout { get; init; }
    public required TimeSpan HostTimeout { get; init; }
    public required int MaxConnections { get; init; }
    public required int MaxAddresses { get; init; }
    public required DnsName Service { get; init; }
    public required TimeSpan WatchInterval { get; init; }
    public Action<DiscoveryError>? Failed { get; init; }

    public bool Sweeps => By.HasFlag(FoundBy.Sweep);

    public bool Browses => By.HasFlag(FoundBy.Mdns);

    /// <summary>Throws <see cref="ArgumentException"/>, which names the value and what to write.</summary>
    public static ScanSettings Of(ScanOptions options)
    {
        if ((options.By & FoundBy.Any) == FoundBy.None)
            throw new ArgumentException("By names no way to find hubs: say Mdns, Sweep or Any.", nameof(options));
        foreach (var port in options.Ports) Require(port is >= 1 and <= 65535, nameof(options), nameof(options.Ports), port, "1 to 65535");
        Require(
            options.MaxConnections is >= 1 and <= MaxMaxConnections, nameof(options), nameof(options.MaxConnections),
            options.MaxConnections, "1 to 4,096");
        Require(options.MaxAddresses >= 1, nameof(options), nameof(options.MaxAddresses), options.MaxAddresses, "at least 1");
        RequireTime(options.Timeout, nameof(options), nameof(options.Timeout));
        RequireTime(options.HostTimeout, nameof(options), nameof(options.HostTimeout));
        RequireTime(options.WatchInterval, nameof(options), nameof(options.WatchInterval));
        return new ScanSettings
        {
            By = options.By,
            Subnets = SweepTargets.Parse(options),
            Ports = SweepTargets.PortsOf(options),
            Timeout = options.Timeout,
            HostTimeout = options.HostTimeout,
            MaxConnections = options.MaxConnections,
            MaxAddresses = options.MaxAddresses,
            Service = DnsName.Parse(options.ServiceType + ".local"),
            WatchInterval = options.WatchInterval,
            Failed = options.Failed,
        };
    }

    private static void RequireTime(TimeSpan value, string paramName, string name) =>
        Require(value > TimeSpan.Zero && value <= TimeSpan.FromDays(1), paramName, name, value, "more than nothing, and a day at most");

    private static void Require(bool condition, string paramName, string name, object value, string expected)
    {
        if (!condition)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {expected}."), paramName);
        }
    }
}
