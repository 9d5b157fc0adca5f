using System.Net;
using System.Net.Sockets;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

/// <summary>A network in memory on a clock that stands still: what is sent arrives a millisecond later at all, the sender included, or is
/// lost.</summary>
internal sealed class MemoryLan(FakeClock clock)
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly DateTimeOffset start = clock.GetUtcNow();
    private readonly List<MemoryLink> links = [];

    /// <summary>Everything that was sent, lost or not.</summary>
    public List<Sent> Log { get; } = [];

    /// <summary>Whether a packet is lost on the way to one of its receivers.</summary>
    public Func<MemoryLink, MemoryLink, bool> Loses { get; set; } = (_, _) => false;

    public TimeSpan Now => clock.GetUtcNow() - start;

    public MemoryLink Attach(LocalInterface local, IMulticastListener listener, int port = MulticastGroup.Port)
    {
        var link = new MemoryLink(this, local, listener, port);
        links.Add(link);
        return link;
    }

    public void Detach(MemoryLink link) => links.Remove(link);

    public void Carry(MemoryLink from, byte[] packet, IPEndPoint? to)
    {
        Assert.True(DnsMessage.TryRead(packet, out var message, out _) || from.MayBeWrong, "A responder sent what is no DNS message.");
        Log.Add(new Sent(Now, from, message, to));
        foreach (var link in links.Where(l => l.Hears(to)).ToList())
        {
            if (link != from && Loses(from, link)) continue;
            clock.CreateTimer(_ => link.Receive(packet, from.Source, to is null), null, Latency, Timeout.InfiniteTimeSpan);
        }
    }

    internal sealed record Sent(TimeSpan At, MemoryLink From, DnsMessage Message, IPEndPoint? To);
}

internal sealed class MemoryLink(MemoryLan lan, LocalInterface local, IMulticastListener listener, int port) : IMulticastLink
{
    public LocalInterface Interface { get; set; } = local;

    public AddressFamily Family => Interface.Addresses[0].Address.AddressFamily;

    public IPEndPoint Source => new(Interface.Addresses[0].Address, port);

    public bool MayBeWrong { get; init; }

    public void Send(ReadOnlySpan<byte> packet) => lan.Carry(this, packet.ToArray(), null);

    public void SendTo(ReadOnlySpan<byte> packet, IPEndPoint receiver) => lan.Carry(this, packet.ToArray(), receiver);

    public bool Hears(IPEndPoint? to) => to is null ? port == MulticastGroup.Port : to.Equals(Source);

    public void Receive(byte[] packet, IPEndPoint source, bool toMulticast) =>
        listener.Received(this, new MulticastPacket(packet, source, toMulticast));
}
