using System.Net;

namespace Kodama.Server;

/// <summary>A TCP port by which the network reaches the hub.</summary>
/// <param name="Number">1 to 65535.</param>
/// <param name="IsSecure">Whether it speaks https.</param>
/// <param name="Addresses">Those it listens on, <see cref="IPAddress.Any"/> for all of IPv4, <see cref="IPAddress.IPv6Any"/> for all of
/// both families.</param>
internal sealed record AdvertisedPort(int Number, bool IsSecure, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>The ports of a server that more than this machine can reach, plain http first, as clients need nothing for it.</summary>
    public static IReadOnlyList<AdvertisedPort> Of(IEnumerable<BoundAddress> bound) =>
    [
        .. bound.Where(b => !b.IsLoopback)
            .GroupBy(b => (b.Port, IsSecure: b.Scheme == Uri.UriSchemeHttps))
            .Select(g => new AdvertisedPort(g.Key.Port, g.Key.IsSecure, [.. g.Select(b => b.Address!).Distinct()]))
            .OrderBy(p => p.IsSecure)
            .ThenBy(p => p.Number),
    ];

    /// <summary>Where this machine reaches it.</summary>
    public IPEndPoint OwnEndPoint => Addresses[0] switch
    {
        var any when any.Equals(IPAddress.Any) => new IPEndPoint(IPAddress.Loopback, Number),
        var any when any.Equals(IPAddress.IPv6Any) => new IPEndPoint(IPAddress.IPv6Loopback, Number),
        var one => new IPEndPoint(one, Number),
    };
}
