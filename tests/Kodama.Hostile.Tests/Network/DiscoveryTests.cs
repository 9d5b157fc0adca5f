using System.Globalization;

namespace Kodama.Hostile.Tests.Network;

/// <summary>What a neighbour can send to port 5353. Afterwards the hub is still found, and echoes went on meanwhile.</summary>
public sealed class DiscoveryTests(DiscoverySiege siege) : IClassFixture<DiscoverySiege>
{
    private const string Instance = LabHub.Name + "._kodama._tcp.local";

    private static readonly byte[] Local = DnsPackets.Name("host.local");

    [Fact]
    public Task Cve_2011_1002_EmptyDatagrams() => WithstandsAsync(Enumerable.Repeat(Array.Empty<byte>(), 1000));

    [Fact]
    public Task Heads_CutOff() =>
        WithstandsAsync(Enumerable.Range(0, 13).Select(length => DnsPackets.Query("_kodama._tcp.local")[..length]));

    [Fact]
    public Task Counts_ThatLie() => WithstandsAsync([
        DnsPackets.Message(DnsPackets.Query_, ushort.MaxValue, 0), DnsPackets.Message(DnsPackets.Response, 0, ushort.MaxValue),
        DnsPackets.Message(
            DnsPackets.Query_, ushort.MaxValue, ushort.MaxValue, DnsPackets.Question("_kodama._tcp.local", DnsPackets.Ptr))]);

    [Fact]
    public Task Names_ThatPointToThemselves() => WithstandsAsync(Pointed(DnsPackets.Pointer(12)));

    [Fact]
    public Task Names_ThatPointToEachOther() => WithstandsAsync(Pointed([.. DnsPackets.Pointer(14), .. DnsPackets.Pointer(12)]));

    [Fact]
    public Task Names_ThatPointForward() => WithstandsAsync(Pointed(DnsPackets.Pointer(0x3FFF)));

    [Fact]
    public Task Names_OfThousandsOfPointers()
    {
        // Each points to the one before it: a quadratic walk for whoever follows them from every record.
        byte[] chain = [0, .. Enumerable.Range(0, 4000).SelectMany(i => DnsPackets.Pointer(i == 0 ? 12 : 13 + (i - 1) * 2))];
        return WithstandsAsync(Enumerable.Repeat(DnsPackets.Message(DnsPackets.Query_, 2000, 0, chain), 50));
    }

    [Fact]
    public Task Cve_2023_38470_NamesThatAreTooLong() =>
        WithstandsAsync(Pointed([.. Enumerable.Repeat((byte[])[63, .. new byte[63]], 20).SelectMany(l => l), 0]));

    [Fact]
    public Task Labels_OfUnknownTypes() => WithstandsAsync([.. Pointed([0x41, 0]), .. Pointed([0x80, 0]), .. Pointed([0xBF, 0xFF])]);

    [Fact]
    public Task Labels_BeyondTheEnd() => WithstandsAsync(Pointed([63, 1, 2, 3]));

    [Fact]
    public Task Cve_2023_38472_RecordsThatLie() => WithstandsAsync([
        Answer(DnsPackets.A, []), Answer(DnsPackets.A, new byte[3]), Answer(DnsPackets.Srv, new byte[3]), Answer(DnsPackets.Txt, [255, 1]),
        Answer(DnsPackets.Ptr, DnsPackets.Pointer(0x3FFF)), Answer(DnsPackets.Nsec, [0xC0, 12, 0, 33, 1]),
        Answer(DnsPackets.Nsec, [0, 255, 255]),
        [.. Answer(DnsPackets.A, new byte[4])[..^6], 0xFF, 0xFF]]);

    [Fact]
    public Task Packets_Giant() => WithstandsAsync(Enumerable.Repeat(DnsPackets.Message(DnsPackets.Query_, 1, 0, new byte[60_000]), 50));

    [Fact]
    public Task Cve_2023_38469_TextsAsLargeAsAPacket() => WithstandsAsync(Enumerable.Repeat(
        Answer(DnsPackets.Txt, [.. Enumerable.Repeat((byte[])[255, .. new byte[255]], 30).SelectMany(t => t)]), 200));

    [Fact]
    public Task Cve_2026_24401_AliasOfItself() =>
        WithstandsAsync(Enumerable.Repeat(DnsPackets.Announcement(DnsPackets.Record(Local, DnsPackets.Cname, Local)), 200));

    [Fact]
    public Task Cve_2025_68471_AliasesAnnouncedAgain() => WithstandsAsync(Enumerable.Range(0, 200).Select(i =>
        DnsPackets.Announcement(DnsPackets.Record(Name($"a{i % 2}.local"), DnsPackets.Cname, Name($"a{i}.local")),
            DnsPackets.Record(Name(Instance), DnsPackets.Cname, Local))));

    [Fact]
    public Task Garbage_Seeded() => WithstandsAsync(Random(3000, 500));

    [Fact]
    public Task Query_WithBitsTurned_Seeded() => WithstandsAsync(Turned(DnsPackets.Query("_kodama._tcp.local")));

    [Fact]
    public Task Announcement_WithBitsTurned_Seeded() => WithstandsAsync(Turned(Conflict(1)));

    [Fact]
    public Task Queries_AFlood() => WithstandsAsync(Enumerable.Repeat(DnsPackets.Query("_kodama._tcp.local"), 5000));

    [Fact]
    public Task Cve_2009_0758_LegacyQueries_AFlood() =>
        WithstandsAsync(Enumerable.Repeat(DnsPackets.Query("_kodama._tcp.local"), 5000), fromOwnPort: false);

    [Fact]
    public Task Cve_2017_6519_QueriesThatWantUnicast_AFlood() =>
        WithstandsAsync(Enumerable.Repeat(DnsPackets.Query("_services._dns-sd._udp.local", DnsPackets.Any, unicast: true), 5000));

    [Fact]
    public Task Queries_TruncatedAndNeverEnded() => WithstandsAsync(Enumerable.Range(0, 2000).Select(_ =>
        DnsPackets.Message(DnsPackets.Truncated, 1, 0, DnsPackets.Question("_kodama._tcp.local", DnsPackets.Ptr))));

    [Fact]
    public Task Queries_OfManyNames() => WithstandsAsync(Enumerable.Range(0, 200).Select(_ => DnsPackets.Message(
        DnsPackets.Query_, 400, 0, [.. Enumerable.Range(0, 400).SelectMany(i => DnsPackets.Question($"n{i}.local", DnsPackets.Any))])));

    [Fact]
    public Task Records_OfManyHosts() => WithstandsAsync(Enumerable.Range(0, 3000).Select(i =>
        DnsPackets.Announcement(DnsPackets.Record(Name($"host{i}.local"), DnsPackets.A, [10, 77, (byte)(i >> 8), (byte)i],
            ttl: uint.MaxValue))));

    [Fact]
    public Task Goodbyes_ForTheHub() => WithstandsAsync(Enumerable.Repeat(DnsPackets.Announcement(DnsPackets.Record(Name(Instance),
        DnsPackets.Srv, Srv(8080), ttl: 0)), 500));

    // The hub takes other names then, at the pace of RFC 6762; it stays one that answers.
    [Fact]
    public Task Cve_2023_38473_ConflictsOverItsName() => WithstandsAsync(Enumerable.Range(0, 500).Select(Conflict));

    private static byte[] Name(string name) => DnsPackets.Name(name);

    private static byte[] Srv(int port) => [0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. Local];

    private static byte[] Conflict(int number) =>
        DnsPackets.Announcement(DnsPackets.Record(Name(number % 2 == 0 ? Instance : string.Create(CultureInfo.InvariantCulture,
            $"{LabHub.Name} ({number % 9})._kodama._tcp.local")), DnsPackets.Srv, Srv(number)));

    private static byte[] Answer(ushort type, byte[] data) => DnsPackets.Announcement(DnsPackets.Record(Local, type, data));

    /// <summary>A name of these bytes, at offset 12, in a question and in an answer.</summary>
    private static byte[][] Pointed(byte[] name) =>
        [DnsPackets.Message(DnsPackets.Query_, 1, 0, [.. name, 0, 12, 0, 1]), DnsPackets.Announcement(DnsPackets.Record(name,
            DnsPackets.A, [10, 77, 1, 9]))];

    private static IEnumerable<byte[]> Random(int count, int length)
    {
        var random = new Random(20261128);
        for (var i = 0; i < count; i++)
        {
            var packet = new byte[random.Next(length)];
            random.NextBytes(packet);
            yield return packet;
        }
    }

    private static IEnumerable<byte[]> Turned(byte[] packet)
    {
        var random = new Random(20261128);
        for (var i = 0; i < 3000; i++)
        {
            var turned = packet.ToArray();
            for (var bits = random.Next(1, 4); bits > 0; bits--) turned[random.Next(turned.Length)] ^= (byte)(1 << random.Next(8));
            yield return turned;
        }
    }

    private Task WithstandsAsync(IEnumerable<byte[]> packets, bool fromOwnPort = true)
    {
        if (siege.Missing is { } missing) Assert.Skip($"NOT TESTED: there is no network laboratory: {missing}.");
        return siege.WithstandsAsync(() => siege.SendAsync(packets, fromOwnPort));
    }
}
