using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Kodama.Server;
using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

public sealed class LinkLocalTests
{
    [Fact]
    public async Task Connect_LinkLocalAddressWithItsScope_ReachesTheHub()
    {
        var (name, address) = LinkLocal();
        Assert.SkipWhen(address is null, "No interface of this machine has a link-local IPv6 address.");
        await using var server = new KodamaServer(new() { Name = "Lounge", Echo = true });
        await server.StartAsync("::", 0).Within();
        var port = new Uri(server.Addresses[0]).Port;
        var host = new IPAddress(address.GetAddressBytes());

        await using var client = await KodamaClient.ConnectAsync(new Uri($"http://[{host}%{name}]:{port}/")).Within();

        await client.SendAsync("near").Within();
        Assert.Equal("near", await client.ReceiveTextAsync());
    }

    private static (string Name, IPAddress? Address) LinkLocal() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus == OperationalStatus.Up || i.NetworkInterfaceType == NetworkInterfaceType.Loopback)
        .SelectMany(i => i.GetIPProperties().UnicastAddresses.Select(a => (i.Name, (IPAddress?)a.Address)))
        .FirstOrDefault(a => a.Item2!.AddressFamily == AddressFamily.InterNetworkV6 && a.Item2.IsIPv6LinkLocal);
}
