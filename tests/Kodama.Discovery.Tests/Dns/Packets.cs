using System.Net;

namespace Kodama.Discovery.Tests;

/// <summary>Messages that tests begin with.</summary>
internal static class Packets
{
    public static readonly DnsName Service = DnsName.Parse("_kodama._tcp.local");
    public static readonly DnsName Lounge = Service.Prepend("Lounge");
    public static readonly DnsName Host = DnsName.Parse("kodama-0123456789ab.local");

    public static IReadOnlyList<DnsRecord> Records { get; } =
    [
        new(Service, 4500, new PtrData(Lounge)),
        new(Lounge, 120, new SrvData(0, 0, 8080, Host), CacheFlush: true),
        new(
            Lounge, 4500,
            TxtData.Of([new("txtvers", "1"), new("id", "0123456789abcdef0123456789abcdef"), new("path", "/ws")]),
            CacheFlush: true),
        new(Host, 120, new AddressData(IPAddress.Parse("192.168.1.7")), CacheFlush: true),
        new(Host, 120, new AddressData(IPAddress.Parse("fd00::7")), CacheFlush: true),
        new(Lounge, 120, new NsecData(Lounge, DnsType.Txt, DnsType.Srv), CacheFlush: true),
    ];

    public static byte[] Answer() => DnsPackets.Split(new DnsMessage
    {
        Flags = DnsFlags.Response | DnsFlags.Authoritative, Answers = [Records[0]], Additionals = [.. Records.Skip(1)],
    })[0];
}
