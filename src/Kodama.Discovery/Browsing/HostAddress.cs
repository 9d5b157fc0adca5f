using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>Which addresses a host can have: what a stranger says is connected to.</summary>
internal static class HostAddress
{
    private const byte FirstMulticast = 224;
    private const int EmbeddedPrefix = 12;

    /// <summary>Not those of none, of many, or, unless it is this machine that says so, of this machine itself.</summary>
    public static bool IsPlausible(IPAddress address, bool isOwnMachine)
    {
        if (IPAddress.IsLoopback(address)) return isOwnMachine && !address.IsIPv4MappedToIPv6;
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out _)) return false;
        if (address.AddressFamily == AddressFamily.InterNetwork) return bytes[0] is not 0 and < FirstMulticast;
        // IPv4 inside of IPv6 goes by none of the rules above; the unspecified address is among them.
        return !address.IsIPv6Multicast && !address.IsIPv4MappedToIPv6 && bytes[..EmbeddedPrefix].ContainsAnyExcept((byte)0);
    }
}
