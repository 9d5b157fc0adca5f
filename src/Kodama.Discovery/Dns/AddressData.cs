using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>An address: of type A or AAAA, as it is one of IPv4 or IPv6. A scope is not part of it.</summary>
internal sealed record AddressData : DnsData
{
    public const int IPv4Size = 4;
    public const int IPv6Size = 16;

    public AddressData(IPAddress address) : base(address.AddressFamily == AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa) =>
        Address = address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0
            ? new IPAddress(address.GetAddressBytes())
            : address;

    public IPAddress Address { get; }

    public override string ToString() => Address.ToString();

    internal override void Write(DnsWriter writer) => writer.WriteBytes(Address.GetAddressBytes());
}
