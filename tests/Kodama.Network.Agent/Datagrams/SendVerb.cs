using System.Net;
using System.Net.Sockets;
using System.Text;
using Kodama.Network.Agent.Verbs;

namespace Kodama.Network.Agent.Datagrams;

/// <summary>Sends datagrams, each with its number as text.</summary>
internal sealed class SendVerb : IVerb
{
    public string Name => "send";

    public async Task RunAsync(Errand errand, CancellationToken stopped)
    {
        var (to, port, local, count) = errand.Arguments<SendArguments>();
        using var client = new UdpClient(new IPEndPoint(IPAddress.Parse(local), 0));
        client.Client.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Parse(local).GetAddressBytes());
        for (var i = 0; i < count; i++)
            await client.SendAsync(Encoding.UTF8.GetBytes($"{i}"), new IPEndPoint(IPAddress.Parse(to), port), stopped);
    }
}

/// <param name="Local">The address to send from; multicast leaves by its interface.</param>
public sealed record SendArguments(string To, int Port, string Local, int Count = 1);
