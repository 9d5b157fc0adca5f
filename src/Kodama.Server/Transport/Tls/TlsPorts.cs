using System.Net;

namespace Kodama.Server;

/// <summary>Which endpoints of the server have their TLS in the transport.</summary>
internal sealed class TlsPorts
{
    private readonly Lock gate = new();
    private readonly List<(IPEndPoint EndPoint, TransportTls Tls)> told = [];
    private readonly HashSet<int> bound = [];

    /// <summary>Whether what is shown there is for an address of the machine. By default for all.</summary>
    public Func<IPAddress, bool> Covers { get; init; } = static _ => true;

    /// <summary>Before the server listens there.</summary>
    public void Add(IPEndPoint endPoint, TransportTls tls)
    {
        lock (gate) told.Add((endPoint, tls));
    }

    public TransportTls? Find(EndPoint endPoint)
    {
        lock (gate) return endPoint is IPEndPoint asked ? told.Find(port => IsSame(port.EndPoint, asked)).Tls : null;
    }

    /// <summary>The server listens there.</summary>
    public void Bound(EndPoint endPoint)
    {
        lock (gate) bound.Add(((IPEndPoint)endPoint).Port);
    }

    /// <summary>Whether the server listens there, and TLS is the transport's.</summary>
    public bool Has(int port)
    {
        lock (gate) return bound.Contains(port);
    }

    // Kestrel listens on localhost by an endpoint of each family.
    private static bool IsSame(IPEndPoint told, IPEndPoint asked) =>
        told.Equals(asked) || (told.Port == asked.Port && IPAddress.IsLoopback(told.Address) && IPAddress.IsLoopback(asked.Address));
}
