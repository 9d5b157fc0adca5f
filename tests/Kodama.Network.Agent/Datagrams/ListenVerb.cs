using System.Net;
using System.Net.Sockets;
using System.Text;
using Kodama.Network.Agent.Verbs;

namespace Kodama.Network.Agent.Datagrams;

/// <summary>Reports every datagram to a port, of a multicast group if one is named.</summary>
internal sealed class ListenVerb : IVerb
{
    public string Name => "listen";

    public async Task RunAsync(Errand errand, CancellationToken stopped)
    {
        var (port, group, local) = errand.Arguments<ListenArguments>();
        using var client = new UdpClient(port, AddressFamily.InterNetwork);
        if (group is not null) client.JoinMulticastGroup(IPAddress.Parse(group), IPAddress.Parse(local!));
        errand.Report("listening");
        while (true)
        {
            var received = await client.ReceiveAsync(stopped);
            errand.Report("received", Encoding.UTF8.GetString(received.Buffer));
        }
    }
}

/// <param name="Group">A multicast group to join on the interface that has the address <paramref name="Local"/>.</param>
public sealed record ListenArguments(int Port, string? Group = null, string? Local = null);
