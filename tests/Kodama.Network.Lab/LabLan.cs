using System.Globalization;
using System.Net;
using Kodama.Network.Lab.Namespaces;

namespace Kodama.Network.Lab;

/// <summary>A bridge on the switch, with a subnet of IPv4 and one of IPv6. It has no router and no server for addresses.</summary>
public sealed class LabLan
{
    private readonly NetworkLab lab;
    private readonly int number;
    private int ports;

    internal LabLan(NetworkLab lab, int number)
    {
        this.lab = lab;
        this.number = number;
        Bridge = string.Create(CultureInfo.InvariantCulture, $"lan{number}");
    }

    /// <summary>Such as <c>10.77.1.0/24</c>.</summary>
    public string Subnet => string.Create(CultureInfo.InvariantCulture, $"10.77.{number}.0/24");

    internal string Bridge { get; }

    internal Namespace Switch => lab.Switch;

    /// <summary>The address with this last byte.</summary>
    public IPAddress Address(int last) => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.77.{number}.{last}"));

    /// <summary>The unique local address with this last group.</summary>
    public IPAddress AddressV6(int last) => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fd77:{number}::{last:x}"));

    internal Task CreateAsync() =>
        // Without snooping it is the plain switch of a home: it knows no multicast groups, and floods.
        Switch.IpAsync($"link add {Bridge} type bridge mcast_snooping 0 forward_delay 0", $"link set {Bridge} up");

    /// <summary>A place for a cable, which is also the last part of the address of what is plugged in there.</summary>
    internal int NextPort() => Interlocked.Increment(ref ports);
}
