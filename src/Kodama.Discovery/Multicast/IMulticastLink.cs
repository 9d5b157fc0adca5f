using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>One interface in one address family. Sending never waits and never throws: what cannot be sent now is lost, as packets are.
/// Thread-safe.</summary>
internal interface IMulticastLink
{
    /// <summary>The interface as it is now.</summary>
    LocalInterface Interface { get; }

    AddressFamily Family { get; }

    /// <summary>To all on the link, this machine included.</summary>
    void Send(ReadOnlySpan<byte> packet);

    void SendTo(ReadOnlySpan<byte> packet, IPEndPoint receiver);
}
