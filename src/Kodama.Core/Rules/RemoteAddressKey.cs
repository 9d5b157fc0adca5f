using System.Net;

namespace Kodama;

/// <summary>A peer's address as rules count it: an IPv4 address that came over an IPv6 socket is the IPv4 address.</summary>
internal static class RemoteAddressKey
{
    public static IPAddress? Of(Peer peer) =>
        peer.RemoteAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : peer.RemoteAddress;
}
