using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery.Tests;

/// <summary>A network in memory: hosts with one interface each. Packets are delivered one after another, by whoever sent the first of
/// them.</summary>
internal sealed class Lan
{
    private readonly Lock gate = new();
    private readonly List<LanLink> links = [];
    private readonly Queue<Action> packets = new();
    private bool isDelivering;
    private int lastPort = 40_000;

    /// <summary>Whether a packet from a host to another, or to all, gets lost; decided for each receiver.</summary>
    public Func<IPEndPoint, byte[], bool> Loses { get; set; } = (_, _) => false;

    public LanHost Host(string address, int index = 2) =>
        new(this, new LocalInterface("eth0", index, [new(IPAddress.Parse(address), 24)], true, ""));

    internal void Attach(LanLink link)
    {
        lock (gate) links.Add(link);
    }

    internal void Detach(LanLink link)
    {
        lock (gate) links.Remove(link);
    }

    internal int NextPort() => Interlocked.Increment(ref lastPort);

    internal void Send(LanLink sender, byte[] packet, IPEndPoint? receiver)
    {
        lock (gate)
        {
            foreach (var link in links.Where(l => receiver is null ? l.EndPoint.Port == MulticastGroup.Port : l.EndPoint.Equals(receiver)))
            {
                if (!Loses(sender.EndPoint, packet))
                    packets.Enqueue(() => link.Deliver(new MulticastPacket(packet, sender.EndPoint, receiver is null)));
            }
            if (isDelivering) return;
            isDelivering = true;
        }
        while (true)
        {
            Action? deliver;
            lock (gate)
            {
                isDelivering = packets.TryDequeue(out deliver);
                if (!isDelivering) return;
            }
            deliver!();
        }
    }
}

internal sealed class LanHost(Lan lan, LocalInterface local)
{
    public LocalInterface Interface => local;

    public IMulticastNetwork Links(int port) => new LanNetwork(lan, local, port == 0 ? lan.NextPort() : port);

    /// <summary>As where another program has the port for itself.</summary>
    public static IMulticastNetwork NoLinks() => new LanNetwork(null, null!, 0);
}

internal sealed class LanNetwork(Lan? lan, LocalInterface local, int port) : IMulticastNetwork
{
    private LanLink? link;

    public void Start(IMulticastListener listener)
    {
        if (lan is null) return;
        link = new LanLink(lan, local, port, listener);
        lan.Attach(link);
        listener.LinkUp(link);
    }

    public ValueTask DisposeAsync()
    {
        if (link is not null) lan!.Detach(link);
        return ValueTask.CompletedTask;
    }
}

internal sealed class LanLink(Lan lan, LocalInterface local, int port, IMulticastListener listener) : IMulticastLink
{
    public IPEndPoint EndPoint { get; } = new(local.Addresses[0].Address, port);

    public LocalInterface Interface => local;

    public AddressFamily Family => EndPoint.AddressFamily;

    public void Send(ReadOnlySpan<byte> packet) => lan.Send(this, packet.ToArray(), null);

    public void SendTo(ReadOnlySpan<byte> packet, IPEndPoint receiver) => lan.Send(this, packet.ToArray(), receiver);

    internal void Deliver(MulticastPacket packet) => listener.Received(this, packet);
}
