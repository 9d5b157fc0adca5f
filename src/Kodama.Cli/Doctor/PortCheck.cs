using System.Net;
using System.Net.Sockets;
using Kodama.Discovery;

namespace Kodama.Cli.Doctor;

/// <summary>Whether a port of this machine answers on its network addresses, and not on loopback only.</summary>
internal static class PortCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Opens a listener for the time of the check.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(IReadOnlyList<LocalInterface> interfaces, CancellationToken cancellationToken)
    {
        using var listener = Socket.OSSupportsIPv6
            ? new TcpListener(IPAddress.IPv6Any, 0) { Server = { DualMode = true } }
            : new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var findings = new List<Finding>();
        foreach (var address in NetworkAddresses(interfaces))
        {
            var failure = await ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            findings.Add(failure is null
                ? Finding.Good($"A port opened on this machine answers at {address}. (Asked from here: a firewall may still stop others.)")
                : Finding.Bad(
                    $"A port opened on this machine does not answer at {address}: {failure}",
                    "A firewall of this machine may stop it: see the hints below."));
        }
        return findings;
    }

    /// <summary>Whether what listens on a port of loopback listens on the network's addresses too.</summary>
    public static async Task<Finding?> ReachAsync(int port, IReadOnlyList<LocalInterface> interfaces, CancellationToken cancellationToken)
    {
        var addresses = NetworkAddresses(interfaces).ToList();
        if (addresses.Count == 0) return null;
        foreach (var address in addresses)
        {
            if (await ConnectAsync(new IPEndPoint(address, port), cancellationToken) is null)
                return Finding.Good($"Port {port} answers at {address} too, not only on loopback.");
        }
        return Finding.Bad(
            $"Port {port} answers on loopback only, and not at {string.Join(", ", addresses)}: no other device reaches this hub.",
            "Start it for the whole network: "
                + "kodama serve --host 0.0.0.0; in a program, StartAsync(\"0.0.0.0\", port) or --urls http://0.0.0.0:PORT.");
    }

    private static IEnumerable<IPAddress> NetworkAddresses(IReadOnlyList<LocalInterface> interfaces) =>
        interfaces.Where(i => i.IsUsed).SelectMany(i => i.Addresses).Select(a => a.Address).Where(a => !a.IsIPv6LinkLocal);

    private static async Task<string?> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, patience.Token);
            return null;
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds:0} s";
        }
    }
}
