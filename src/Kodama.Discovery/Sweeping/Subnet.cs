using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Kodama.Discovery;

/// <summary>What one notation names: a range of IPv4 addresses, one IPv6 address, or a host that is yet to be looked up.</summary>
internal sealed partial class Subnet
{
    private readonly IPAddress? single;
    private readonly uint first;
    private readonly uint last;

    private Subnet(string text, uint first, uint last) => (Text, this.first, this.last) = (text, first, last);

    private Subnet(string text, IPAddress address) => (Text, single) = (text, address);

    private Subnet(string text) => (Text, HostName) = (text, text);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Set if it is a host name; there are no addresses then.</summary>
    public string? HostName { get; }

    /// <summary>Of addresses; a host name counts as one.</summary>
    public long Count => single is not null || HostName is not null ? 1 : (long)last - first + 1;

    /// <summary>In ascending order.</summary>
    public IEnumerable<IPAddress> Addresses()
    {
        if (HostName is not null) yield break;
        if (single is not null)
        {
            yield return single;
            yield break;
        }
        for (long address = first; address <= last; address++) yield return FromNumber((uint)address);
    }

    /// <summary>The same from an address within it outwards.</summary>
    public IEnumerable<IPAddress> AddressesAround(IPAddress centre)
    {
        var middle = (long)ToNumber(centre);
        for (long distance = 0; middle - distance >= first || middle + distance <= last; distance++)
        {
            if (middle + distance is var above && above >= first && above <= last) yield return FromNumber((uint)above);
            if (distance > 0 && middle - distance is var below && below >= first && below <= last) yield return FromNumber((uint)below);
        }
    }

    /// <summary>The hosts of the network of that prefix length around an IPv4 address.</summary>
    public static Subnet Around(IPAddress address, int prefixLength)
    {
        var (first, last) = Hosts(ToNumber(address), prefixLength);
        return new($"{address}/{prefixLength.ToString(CultureInfo.InvariantCulture)}", first, last);
    }

    public static uint ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public override string ToString() => Text;

    private static IPAddress FromNumber(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes);
    }

    // Neither the network's own address nor the broadcast address is a host; networks of one and two addresses have neither (RFC 3021).
    private static (uint First, uint Last) Hosts(uint address, int prefixLength)
    {
        var mask = prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);
        var (first, last) = (address & mask, address | ~mask);
        return prefixLength >= 31 ? (first, last) : (first + 1, last - 1);
    }
}
