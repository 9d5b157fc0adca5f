using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>Opens the socket of a link.</summary>
internal static class MulticastSocket
{
    // RFC 6762 section 11.
    private const int Ttl = 255;

    // linux/in.h, linux/in6.h: with 0, a socket gets only what it has itself joined, not what any socket of the machine has.
    private const int LinuxIpLevel = 0;
    private const int LinuxIpMulticastAll = 49;
    private const int LinuxIpv6Level = 41;
    private const int LinuxIpv6MulticastAll = 29;

    // Winsock's SIO_UDP_CONNRESET: whether an unreachable receiver of what was sent is an error of the next receive.
    private const int WindowsReportUnreachable = unchecked((int)0x9800000C);

    /// <param name="index">The interface's.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="port">
    /// 5353, shared with the machine's other responders and joined to the group; or 0 for a port of its own, which hears only answers to
    /// it.
    /// </param>
    /// <exception cref="SocketException">The system refuses; the message says why.</exception>
    public static Socket Open(int index, AddressFamily family, int port)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            var isIPv4 = family == AddressFamily.InterNetwork;
            var level = isIPv4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
            if (!isIPv4) socket.DualMode = false;
            // On Unix this sets SO_REUSEPORT as well.
            if (port != 0) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.SetSocketOption(level, SocketOptionName.PacketInformation, true);
            if (OperatingSystem.IsLinux())
            {
                var (rawLevel, option) = isIPv4 ? (LinuxIpLevel, LinuxIpMulticastAll) : (LinuxIpv6Level, LinuxIpv6MulticastAll);
                socket.SetRawSocketOption(rawLevel, option, BitConverter.GetBytes(0));
            }
            if (OperatingSystem.IsWindows()) socket.IOControl(WindowsReportUnreachable, [0, 0, 0, 0], null);
            socket.Bind(new IPEndPoint(isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, port));

            socket.SetSocketOption(level, SocketOptionName.MulticastInterface, isIPv4 ? IPAddress.HostToNetworkOrder(index) : index);
            socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, Ttl);
            socket.SetSocketOption(level, SocketOptionName.MulticastLoopback, true);
            socket.Ttl = Ttl;
            if (port != 0)
            {
                object membership = isIPv4
                    ? new MulticastOption(MulticastGroup.Of(family), index)
                    : new IPv6MulticastOption(MulticastGroup.Of(family), index);
                socket.SetSocketOption(level, SocketOptionName.AddMembership, membership);
            }
            socket.Blocking = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
