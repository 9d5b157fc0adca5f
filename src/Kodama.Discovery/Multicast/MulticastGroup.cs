using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>Where mDNS packets go (RFC 6762 section 3).</summary>
internal static class MulticastGroup
{
    public const int Port = 5353;

    private static readonly IPAddress IPv4 = IPAddress.Parse("224.0.0.251");
    private static readonly IPAddress IPv6 = IPAddress.Parse("ff02::fb");

    public static IPAddress Of(AddressFamily family) => family == AddressFamily.InterNetwork ? IPv4 : IPv6;

    public static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && (address.GetAddressBytes()[0] & 0xF0) == 0xE0);
}
