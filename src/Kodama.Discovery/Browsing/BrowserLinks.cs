namespace Kodama.Discovery;

/// <summary>The links of one port, by interface: its IPv4 and its IPv6 are the same link to a browser.</summary>
internal sealed class BrowserLinks(Browser browser, IMulticastNetwork network) : IMulticastListener, IAsyncDisposable
{
    private readonly Lock gate = new();
    private IMulticastLink[] links = [];

    public void Start() => network.Start(this);

    public bool Has(int index) => Array.Exists(Volatile.Read(ref links), l => l.Interface.Index == index);

    public void Send(int index, ReadOnlySpan<byte> packet)
    {
        foreach (var link in Volatile.Read(ref links))
        {
            if (link.Interface.Index == index) link.Send(packet);
        }
    }

    public ValueTask DisposeAsync() => network.DisposeAsync();

    void IMulticastListener.LinkUp(IMulticastLink link)
    {
        lock (gate) links = [.. links, link];
        browser.LinkUp(link.Interface.Index);
    }

    void IMulticastListener.LinkChanged(IMulticastLink link) => browser.LinkUp(link.Interface.Index);

    void IMulticastListener.LinkDown(IMulticastLink link)
    {
        lock (gate) links = [.. links.Where(l => l != link)];
        browser.LinkDown(link.Interface.Index);
    }

    void IMulticastListener.Resumed()
    {
        foreach (var index in Volatile.Read(ref links).Select(l => l.Interface.Index).Distinct()) browser.LinkUp(index);
    }

    void IMulticastListener.Received(IMulticastLink link, MulticastPacket packet)
    {
        // RFC 6762 section 11: answers come from port 5353 of a neighbour.
        if (!packet.IsFromResponder || !link.Interface.IsOnLink(packet.Source.Address)) return;
        if (!DnsMessage.TryRead(packet.Bytes.Span, out var message, out _)) return;
        // A question that nobody else has heard is nobody's but a responder's.
        if (message.IsResponse || packet.ToMulticast) browser.Received(this, link.Interface, packet.Source.Address, message);
    }

    // That multicast does not work here is nothing to end a scan for: there is the sweep, and `kodama doctor` to say why.
    void IMulticastListener.Failed(DiscoveryError error) => browser.Failed(error);
}
