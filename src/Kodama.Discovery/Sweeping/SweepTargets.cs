using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>What a sweep tries, from what the user named or from this machine's own networks.</summary>
internal static class SweepTargets
{
    public const int DefaultPort = 8080;

    private const int MaxOwnNetwork = 1024;
    private const int NarrowedPrefix = 24;

    /// <summary>Reads the notations. Throws <see cref="ArgumentException"/> for one that is none, and for too many addresses.</summary>
    public static IReadOnlyList<Subnet> Parse(ScanOptions options)
    {
        var subnets = new List<Subnet>();
        long addresses = 0;
        foreach (var text in options.Subnets)
        {
            if (!Subnet.TryParse(text, out var subnet, out var error)) throw new ArgumentException(error, nameof(options));
            addresses += subnet.Count;
            if (addresses * PortsOf(options).Count > options.MaxAddresses)
                throw new ArgumentException(TooLarge(subnet, options), nameof(options));
            subnets.Add(subnet);
        }
        return subnets;
    }

    public static IReadOnlyList<int> PortsOf(ScanOptions options) =>
        options.Ports.Count > 0 ? [.. options.Ports.Distinct()] : [DefaultPort];

    /// <summary>The addresses of the notations, names looked up. Throws <see cref="IOException"/> for a name that is unknown.</summary>
    public static async Task<IReadOnlyList<SweepTarget>> NamedAsync(
        IReadOnlyList<Subnet> subnets, IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        var targets = new List<SweepTarget>();
        foreach (var subnet in subnets)
        {
            var addresses = subnet.HostName is { } name ? await LookUpAsync(name, cancellationToken) : subnet.Addresses();
            targets.AddRange(
                from address in addresses from port in ports select new SweepTarget(new IPEndPoint(address, port), subnet.HostName));
        }
        return [.. targets.DistinctBy(t => t.EndPoint)];
    }

    /// <summary>
    /// The IPv4 networks of the used interfaces, those nearest to the machine's own addresses first: a router gives out addresses one after
    /// another. A machine without a network still finds its own hub.
    /// </summary>
    public static IReadOnlyList<SweepTarget> Own(IEnumerable<LocalInterface> interfaces, IReadOnlyList<int> ports, int maxAddresses)
    {
        // By loops: what LINQ makes of structs is compiled at run time, and a scan from the command line waits for it.
        var networks = new List<IEnumerator<IPAddress>>();
        foreach (var used in interfaces)
        {
            if (!used.IsUsed) continue;
            foreach (var own in used.Addresses)
            {
                if (own.Address.AddressFamily == AddressFamily.InterNetwork) networks.Add(Hosts(own).GetEnumerator());
            }
        }
        if (networks.Count == 0) networks.Add(Hosts(new LocalAddress(IPAddress.Loopback, 32)).GetEnumerator());
        var known = new HashSet<IPAddress>();
        var targets = new List<SweepTarget>();
        while (networks.Count > 0 && targets.Count < maxAddresses)
        {
            // One of each in turn, so that no network waits for another.
            networks.RemoveAll(network => !network.MoveNext());
            foreach (var network in networks)
            {
                if (!known.Add(network.Current)) continue;
                foreach (var port in ports)
                {
                    if (targets.Count < maxAddresses) targets.Add(new SweepTarget(new IPEndPoint(network.Current, port)));
                }
            }
        }
        return targets;
    }

    private static IEnumerable<IPAddress> Hosts(LocalAddress own)
    {
        var network = Subnet.Around(own.Address, own.PrefixLength);
        return (network.Count <= MaxOwnNetwork ? network : Subnet.Around(own.Address, NarrowedPrefix)).AddressesAround(own.Address);
    }

    private static async Task<IEnumerable<IPAddress>> LookUpAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new IOException(
                $"The host \"{name}\" was not found: {exception.Message}. Check its spelling, or give its address.", exception);
        }
    }

    private static string TooLarge(Subnet subnet, ScanOptions options)
    {
        var ports = PortsOf(options).Count;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"\"{subnet}\" has {subnet.Count:N0} addresses{(ports > 1 ? $" to be tried on {ports} ports" : "")}, and a sweep tries at most "
            + $"{options.MaxAddresses:N0} in all (MaxAddresses): name a smaller network, such as a /24.");
    }
}
