using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>Orders the addresses of a hub: a neighbour's IPv4 first, which everything can open; link-local IPv6 last, which needs its
/// scope.</summary>
internal static class HubAddresses
{
    public static int Rank(IPAddress address, IReadOnlyList<LocalInterface> interfaces)
    {
        if (IPAddress.IsLoopback(address)) return 2;
        if (address.AddressFamily == AddressFamily.InterNetwork) return interfaces.Any(i => i.IsUsed && i.IsOnLink(address)) ? 0 : 1;
        return address.IsIPv6LinkLocal ? 4 : 3;
    }

    /// <summary>Whether it is this machine's, or a neighbour's.</summary>
    public static bool IsNear(IPAddress address, IReadOnlyList<LocalInterface> interfaces) =>
        IPAddress.IsLoopback(address) || interfaces.Any(i => i.IsUsed && i.IsOnLink(address));

    public static Uri UriOf(SweepTarget target, bool isTls)
    {
        // Uri knows a scope by its number only.
        var authority = target.Authority(withScope: true);
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"{(isTls ? "https" : "http")}://{authority}/"));
    }
}
