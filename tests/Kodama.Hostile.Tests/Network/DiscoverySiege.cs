using System.Net;
using System.Net.Sockets;
using Kodama.Network.Lab;
using Kodama.Testing;

namespace Kodama.Hostile.Tests.Network;

/// <summary>A hub and its attacker, each a host of a network of their own, where port 5353 is nobody else's.</summary>
public sealed class DiscoverySiege : Siege
{
    private const int MulticastDns = 5353;

    private static readonly IPEndPoint Group = new(IPAddress.Parse("224.0.0.251"), MulticastDns);
    private static readonly TimeSpan Answering = TimeSpan.FromSeconds(1);

    private NetworkLab? lab;
    private LabHost? attacker;
    private LabHost? hubHost;

    /// <summary>What is missing here; null when there is a laboratory.</summary>
    internal string? Missing { get; } = LabRequirements.Missing();

    public override async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        lab = await NetworkLab.CreateAsync();
        hubHost = await lab.AddHostAsync("hub");
        attacker = await lab.AddHostAsync("attacker");
        await base.InitializeAsync();
    }

    /// <summary>Sends these packets to all of the network, from mDNS's own port or from another, and to the hub alone.</summary>
    internal async Task SendAsync(IEnumerable<byte[]> packets, bool fromOwnPort = true)
    {
        using var socket = await DatagramAsync(fromOwnPort ? MulticastDns : 0);
        var hub = new IPEndPoint(IPAddress.Parse(Hub.Host), MulticastDns);
        foreach (var packet in packets)
        {
            try
            {
                await socket.SendToAsync(packet, Group);
                await socket.SendToAsync(packet, hub);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.NoBufferSpaceAvailable
                or SocketError.ConnectionRefused)
            {
                // The network is full, which was the aim.
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (lab is not null) await lab.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<IRunningHub> StartAsync() => await LabHub.StartAsync(hubHost!);

    private protected override async Task<RawClient> ConnectFromAsync(IPAddress from)
    {
        var socket = await NamespaceSocket.CreateAsync(attacker!, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        await socket.ConnectAsync(IPAddress.Parse(Hub.Host), Hub.Port).Within();
        return await RawClient.OverAsync(socket, Hub);
    }

    private protected override async Task NewcomerComesInAsync()
    {
        await base.NewcomerComesInAsync();
        await IsFoundAsync();
    }

    /// <summary>Asks for hubs as a newcomer does, until one answers: packets get lost, above all now.</summary>
    private async Task IsFoundAsync()
    {
        using var socket = await DatagramAsync(0);
        var buffer = new byte[9000];
        var end = DateTime.UtcNow + Deadline.Default;
        while (DateTime.UtcNow < end)
        {
            await socket.SendToAsync(DnsPackets.Query("_kodama._tcp.local"), Group);
            using var late = new CancellationTokenSource(Answering);
            try
            {
                var length = await socket.ReceiveAsync(buffer, late.Token);
                if (buffer.AsSpan(0, length).IndexOf("Lounge"u8) >= 0) return;
            }
            catch (OperationCanceledException)
            {
            }
        }
        Assert.Fail($"The hub was not found within {Deadline.Default}.");
    }

    private async Task<Socket> DatagramAsync(int port)
    {
        var socket = await NamespaceSocket.CreateAsync(attacker!, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface,
            IPAddress.Parse(attacker!.Url().Host).GetAddressBytes());
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 255);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive, 255);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }
}
