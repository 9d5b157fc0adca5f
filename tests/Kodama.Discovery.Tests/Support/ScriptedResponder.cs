using System.Collections.Concurrent;

namespace Kodama.Discovery.Tests;

/// <summary>Port 5353 of a host, where a test answers by hand.</summary>
internal sealed class ScriptedResponder : IMulticastListener, IAsyncDisposable
{
    private readonly IMulticastNetwork network;
    private IMulticastLink? link;

    public ScriptedResponder(LanHost host)
    {
        network = host.Links(MulticastGroup.Port);
        network.Start(this);
    }

    /// <summary>What it says to a question; null for nothing.</summary>
    public Func<DnsMessage, MulticastPacket, DnsMessage?> Answer { get; set; } = (_, _) => null;

    public ConcurrentQueue<(DnsMessage Message, int Port)> Heard { get; } = new();

    public void Multicast(DnsMessage message)
    {
        foreach (var packet in DnsPackets.Split(message)) link!.Send(packet);
    }

    /// <summary>To another port of the asking host.</summary>
    public void Send(DnsMessage message, int port) =>
        link!.SendTo(DnsPackets.Legacy(message), new System.Net.IPEndPoint(System.Net.IPAddress.Parse("192.168.1.10"), port));

    public void LinkUp(IMulticastLink link) => this.link = link;

    public void LinkChanged(IMulticastLink link)
    {
    }

    public void LinkDown(IMulticastLink link)
    {
    }

    public void Resumed()
    {
    }

    public void Failed(DiscoveryError error)
    {
    }

    public void Received(IMulticastLink link, MulticastPacket packet)
    {
        if (!DnsMessage.TryRead(packet.Bytes.Span, out var message, out _) || message.IsResponse) return;
        Heard.Enqueue((message, packet.Source.Port));
        if (Answer(message, packet) is not { } answer) return;
        if (packet.IsFromResponder) Multicast(answer);
        else link.SendTo(DnsPackets.Legacy(answer.WithTtl(10) with { Id = message.Id, Questions = message.Questions }), packet.Source);
    }

    public ValueTask DisposeAsync() => network.DisposeAsync();
}
