using System.Net;
using System.Net.Sockets;

namespace Kodama.Client.Connecting;

/// <summary>Hosts of the own network, to which no proxy leads.</summary>
internal static class LanHost
{
    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), // RFC 1918
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("169.254.0.0/16"), // RFC 3927, link-local
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("fc00::/7"), // RFC 4193, unique local
        IPNetwork.Parse("fe80::/10"), // RFC 4291, link-local
        IPNetwork.Parse("::1/128"),
    ];

    /// <summary>Private, link-local and loopback addresses, <c>.local</c> names, and names without a dot.</summary>
    public static bool IsLan(Uri address)
    {
        var host = address.DnsSafeHost;
        if (!IPAddress.TryParse(host, out var ip))
            return !host.Contains('.', StringComparison.Ordinal) || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase);
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        if (ip.AddressFamily == AddressFamily.InterNetworkV6) ip = new IPAddress(ip.GetAddressBytes());
        return Private.Any(n => n.Contains(ip));
    }
}
