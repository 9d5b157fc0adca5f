using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>The links of the interfaces that discovery uses, over sockets (docs/specs/discovery.md, Interfaces).</summary>
/// <param name="named">Interfaces to use, by name or address; empty for the default choice.</param>
/// <param name="port">5353; or 0 for links that only ask, each from a port of its own (RFC 6762 section 5.1).</param>
/// <param name="time">Where the time comes from.</param>
/// <param name="list">What interfaces there are; by default those of the machine.</param>
internal sealed class MulticastNetwork(
    IReadOnlyCollection<string> named, int port, TimeProvider time, Func<IReadOnlyList<LocalInterface>>? list = null) : IMulticastNetwork
{
    private readonly Func<IReadOnlyList<LocalInterface>> list = list ?? (() => LocalInterfaces.Current(named));
    private readonly Lock gate = new();
    private readonly HashSet<(string, AddressFamily)> refused = [];
    private volatile MulticastLink[] links = [];
    private IMulticastListener? listener;
    private InterfaceChanges? changes;
    private bool disposed;

    public void Start(IMulticastListener listener)
    {
        this.listener = listener;
        Refresh();
        changes = new InterfaceChanges(time, TentativeAddresses.ReadFile, slept =>
        {
            Refresh();
            if (slept) listener.Resumed();
        });
    }

    public async ValueTask DisposeAsync()
    {
        changes?.Dispose();
        lock (gate) disposed = true;
        foreach (var link in links) link.Dispose();
        await Task.WhenAll(links.Select(l => l.Reading)).ConfigureAwait(false);
    }

    internal void Failed(string message, Exception exception) => listener?.Failed(new DiscoveryError(message, exception));

    internal void Received(MulticastLink link, ReadOnlyMemory<byte> bytes, IPEndPoint source, IPPacketInformation information)
    {
        var toMulticast = MulticastGroup.IsMulticast(information.Address);
        if (ReceiverOf(link, toMulticast, source, information.Interface) is not { } receiver) return;
        try
        {
            listener!.Received(receiver, new MulticastPacket(bytes, source, toMulticast));
        }
        catch (Exception e)
        {
            Failed($"A packet from {source} met a fault of Kodama's own: {e.Message}. It is ignored; please report this.", e);
        }
    }

    // A packet for this machine alone may land on any of the sockets that share the port. One to itself comes by the loopback interface.
    private MulticastLink? ReceiverOf(MulticastLink link, bool toMulticast, IPEndPoint source, int index)
    {
        if (port == 0 || link.Interface.Index == index) return link;
        if (toMulticast) return null;
        return links.FirstOrDefault(l => l.Family == link.Family && l.Interface.Index == index)
            ?? links.FirstOrDefault(l => l.Family == link.Family && l.Interface.Addresses.Any(a => a.Address.Equals(source.Address)));
    }

    private void Refresh()
    {
        lock (gate)
        {
            if (disposed) return;
            try
            {
                Follow_NeedsLock([.. list().Where(i => i.IsUsed)]);
            }
            catch (Exception e)
            {
                // On a thread of a timer or of the system, where nobody else would catch it.
                Failed($"The network interfaces cannot be listed: {e.Message}. It is tried again in a few seconds.", e);
            }
        }
    }

    private void Follow_NeedsLock(List<LocalInterface> interfaces)
    {
        var kept = new List<MulticastLink>();
        foreach (var link in links)
        {
            var now = interfaces.Find(i => i.Index == link.Interface.Index && i.Name == link.Interface.Name && Speaks(i, link.Family));
            if (now is null || link.IsBroken)
            {
                link.Dispose();
                listener!.LinkDown(link);
                continue;
            }
            kept.Add(link);
            if (now.Addresses.SequenceEqual(link.Interface.Addresses)) continue;
            link.Interface = now;
            listener!.LinkChanged(link);
        }
        links = [.. kept];
        foreach (var local in interfaces)
        {
            foreach (var family in (ReadOnlySpan<AddressFamily>)[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
            {
                if (Speaks(local, family) && !kept.Exists(l => l.Interface.Index == local.Index && l.Family == family))
                    Open_NeedsLock(local, family);
            }
        }
    }

    private void Open_NeedsLock(LocalInterface local, AddressFamily family)
    {
        MulticastLink link;
        try
        {
            link = new MulticastLink(this, local, family, port);
        }
        catch (SocketException e)
        {
            // Tried again every few seconds, but said once.
            if (!refused.Add((local.Name, family))) return;
            var version = family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
            Failed($"Discovery cannot use {local.Name} ({version}), UDP port {port}: {e.Message}. It is tried again every few seconds.", e);
            return;
        }
        refused.Remove((local.Name, family));
        links = [.. links, link];
        listener!.LinkUp(link);
        link.StartReading();
    }

    private static bool Speaks(LocalInterface local, AddressFamily family) => local.Addresses.Any(a => a.Address.AddressFamily == family);
}
