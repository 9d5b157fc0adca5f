using System.Net;

namespace Kodama.Discovery.Tests;

/// <summary>A machine's interfaces on networks in memory; they come and go as the test says.</summary>
internal sealed class MemoryNetwork(MemoryLan lan, params string[] addresses) : IMulticastNetwork
{
    private IMulticastListener? listener;

    public List<MemoryLink> Links { get; } = [];

    public static LocalInterface Interface(params IEnumerable<string> addresses) =>
        new("eth0", 2, [.. addresses.Select(Address)], true, "");

    private static LocalAddress Address(string address) =>
        new(IPAddress.Parse(address), address.Contains(':', StringComparison.Ordinal) ? 64 : 24);

    public void Start(IMulticastListener listener)
    {
        this.listener = listener;
        foreach (var address in addresses) Up(address);
    }

    public MemoryLink Up(params string[] addresses)
    {
        var link = lan.Attach(Interface(addresses), listener!);
        Links.Add(link);
        listener!.LinkUp(link);
        return link;
    }

    public void Change(MemoryLink link, params string[] addresses)
    {
        link.Interface = Interface(addresses);
        listener!.LinkChanged(link);
    }

    public void Down(MemoryLink link)
    {
        lan.Detach(link);
        Links.Remove(link);
        listener!.LinkDown(link);
    }

    public void Resume() => listener!.Resumed();

    public ValueTask DisposeAsync()
    {
        foreach (var link in Links) lan.Detach(link);
        return ValueTask.CompletedTask;
    }
}
