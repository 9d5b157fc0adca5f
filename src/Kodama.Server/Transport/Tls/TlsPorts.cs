using System.Net;

namespace Kodama.Server;

/// <summary>Which endpoints of the server have their TLS in the transport.</summary>
internal sealed class TlsPorts
{
    private readonly Lock gate = new();
    private readonly List<(IPEndPoint EndPoint, TransportTls Tls)> told = [];
    private readonly HashSet<IPEndPoint> bound = [];

    /// <summary>Whether what is shown there is for an address of the machine. By default for all.</summary>
    public Func<IPAddress, bool> Covers { get; init; } = static _ => true;

    /// <summary>Before the server listens there.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="isLocalhost">Whether Kestrel listens there by the name: by an endpoint of each family.</param>
    /// <param name="tls">How.</param>
    public void Add(IPEndPoint endPoint, bool isLocalhost, TransportTls tls)
    {
        lock (gate)
        {
            told.Add((endPoint, tls));
            if (isLocalhost) told.Add((new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port), tls));
        }
    }

    public TransportTls? Find(EndPoint endPoint)
    {
        lock (gate) return endPoint is IPEndPoint asked ? told.Find(port => port.EndPoint.Equals(asked)).Tls : null;
    }

    /// <summary>The server listens there.</summary>
    public void Bound(EndPoint endPoint)
    {
        lock (gate) bound.Add((IPEndPoint)endPoint);
    }

    /// <summary>Whether the server listens at this port, at whichever address, and TLS is the transport's.</summary>
    public bool Has(int port)
    {
        lock (gate) return bound.Any(one => one.Port == port);
    }

    /// <summary>Whether it listens there, and TLS is the transport's: at another address of the same port it need not be.</summary>
    /// <param name="address">Null for localhost.</param>
    /// <param name="port">Its port.</param>
    public bool Has(IPAddress? address, int port)
    {
        lock (gate) return bound.Any(one => one.Port == port && IsSame(one.Address, address));
    }

    // Where there is no IPv6, a wildcard is that of IPv4.
    private static bool IsSame(IPAddress one, IPAddress? asked) =>
        asked is null ? IPAddress.IsLoopback(one) : one.Equals(asked) || (IsAny(one) && IsAny(asked));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
