using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>Which addresses are neighbours (RFC 6762 section 11).</summary>
internal static class OnLink
{
    /// <summary>
    /// Whether an address is in one of the interface's networks, or link-local. Nothing foreign comes by the loopback interface, whatever
    /// address of the machine it is sent from.
    /// </summary>
    public static bool IsOnLink(this LocalInterface local, IPAddress address)
    {
        if (address.IsIPv6LinkLocal) return true;
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length)) return false;
        if (address.AddressFamily == AddressFamily.InterNetwork && bytes[0] == 169 && bytes[1] == 254) return true;
        foreach (var own in local.Addresses)
        {
            if (IPAddress.IsLoopback(own.Address)) return true;
            if (own.Address.AddressFamily == address.AddressFamily && SamePrefix(own, bytes[..length])) return true;
        }
        return false;
    }

    private static bool SamePrefix(LocalAddress own, ReadOnlySpan<byte> address)
    {
        Span<byte> bytes = stackalloc byte[16];
        own.Address.TryWriteBytes(bytes, out _);
        var whole = own.PrefixLength / 8;
        if (!bytes[..whole].SequenceEqual(address[..whole])) return false;
        var rest = own.PrefixLength % 8;
        return rest == 0 || (bytes[whole] ^ address[whole]) >> (8 - rest) == 0;
    }
}
