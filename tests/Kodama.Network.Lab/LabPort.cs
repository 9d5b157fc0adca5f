using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kodama.Network.Lab;

/// <summary>An interface of a host, the cable, and the port of the switch at its other end.</summary>
public sealed class LabPort
{
    private readonly LabHost host;
    private readonly string far;
    private readonly int number;
    private bool floods = true;

    internal LabPort(LabHost host, LabLan lan, string name)
    {
        this.host = host;
        Lan = lan;
        Name = name;
        number = lan.NextPort();
        far = string.Create(CultureInfo.InvariantCulture, $"{lan.Bridge}.{number}");
    }

    /// <summary>Such as <c>eth0</c>.</summary>
    public string Name { get; }

    public LabLan Lan { get; }

    /// <summary>The IPv4 address that it was plugged in with.</summary>
    public IPAddress Address => Lan.Address(number);

    /// <summary>The unique local IPv6 address that it was plugged in with, where it was asked for.</summary>
    public IPAddress AddressV6 => Lan.AddressV6(number);

    public Task AddAddressAsync(IPAddress address) => host.Inside.IpAsync("addr add " + Described(address));

    public Task RemoveAddressAsync(IPAddress address) => host.Inside.IpAsync("addr del " + Described(address));

    /// <summary>Takes the interface down on the host, as an administrator does.</summary>
    public Task DownAsync() => host.Inside.IpAsync($"link set {Name} down");

    public Task UpAsync() => host.Inside.IpAsync($"link set {Name} up");

    /// <summary>Pulls the cable: the host sees that there is no carrier.</summary>
    public Task UnplugAsync() => Lan.Switch.IpAsync($"link set {far} down");

    public Task PlugAsync() => Lan.Switch.IpAsync($"link set {far} up");

    /// <summary>Cuts the network behind the switch: the host sees nothing of it, its packets go nowhere.</summary>
    public Task CutAsync() => Lan.Switch.IpAsync($"link set {far} nomaster");

    public async Task RestoreAsync()
    {
        await Lan.Switch.IpAsync($"link set {far} master {Lan.Bridge}");
        if (!floods) await FloodAsync(false);
    }

    /// <summary>No multicast of others comes here any more, as with some access points; broadcast and unicast do. Neighbour discovery of
    /// IPv6 is multicast too.</summary>
    public Task BlockMulticastAsync() => FloodAsync(false);

    public Task PassMulticastAsync() => FloodAsync(true);

    public override string ToString() => $"{Name} of {host.Name}";

    internal async Task CreateAsync(Addresses addresses)
    {
        await Lan.Switch.IpAsync(
            $"link add {far} type veth peer name {Name} netns {host.Inside.Name}", $"link set {far} master {Lan.Bridge} up");
        if (!addresses.HasFlag(Addresses.LinkLocal)) await host.Inside.IpAsync($"link set {Name} addrgenmode none");
        if (addresses.HasFlag(Addresses.IPv4)) await AddAddressAsync(Address);
        if (addresses.HasFlag(Addresses.IPv6)) await AddAddressAsync(AddressV6);
        await UpAsync();
    }

    private Task FloodAsync(bool on)
    {
        floods = on;
        return Lan.Switch.BridgeAsync($"link set dev {far} mcast_flood {(on ? "on" : "off")}");
    }

    private string Described(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? $"{address}/24 brd + dev {Name}" : $"{address}/64 dev {Name} nodad";
}
