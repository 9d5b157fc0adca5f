using System.Net;

namespace Kodama.Discovery.Tests;

/// <summary>Whatever a neighbour sends, the responder goes on, sends only DNS, and not much of it.</summary>
public class HostileNeighbourTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Received_MutatedPackets_EndNothing(int seed)
    {
        const int Packets = 20_000;
        var random = new Random(seed);
        var lab = new Lab();
        var (advertiser, _) = lab.Start(addresses: "192.168.1.10");
        var heard = new RecordingListener();
        MemoryLink[] hostile =
        [
            new(lab.Lan, MemoryNetwork.Interface("192.168.1.200"), heard, 5353) { MayBeWrong = true },
            new(lab.Lan, MemoryNetwork.Interface("192.168.1.201"), heard, 40001) { MayBeWrong = true },
        ];
        var victim = new IPEndPoint(IPAddress.Parse("192.168.1.10"), 5353);

        for (var i = 0; i < Packets; i++)
        {
            if (DnsPackets.Split(Message(random)) is not [var packet, ..]) continue;
            for (var mutations = random.Next(3); mutations > 0; mutations--) packet[random.Next(packet.Length)] = (byte)random.Next(256);
            var from = hostile[random.Next(hostile.Length)];
            if (random.Next(4) == 0) from.SendTo(packet, victim);
            else from.Send(packet);
            lab.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(100)));
        }
        var sent = lab.Lan.Log.Where(s => !hostile.Contains(s.From)).ToList();
        lab.Forget();
        lab.Run(10);

        Assert.InRange(sent.Count, Packets / 50, Packets);
        Assert.NotEqual(0, advertiser.BadPackets);
        lab.Ask(Lab.Service.Prepend(advertiser.Name), DnsType.Srv);
        lab.Run(2);
        Assert.NotEmpty(lab.Responses);
    }

    [Fact]
    public void Received_ConflictsThatNobodyElseHears_RenameNothing()
    {
        var lab = new Lab();
        var (advertiser, _) = lab.Start(addresses: "192.168.1.10");
        lab.Run(10);
        var neighbour = new MemoryLink(lab.Lan, MemoryNetwork.Interface("192.168.1.200"), new RecordingListener(), 5353);
        var conflict = new DnsMessage
        {
            Flags = DnsFlags.Response,
            Answers = [new DnsRecord(Lab.Lounge, 120, new SrvData(0, 0, 9, Lab.Host), true)],
        };

        for (var i = 0; i < 10; i++)
        {
            neighbour.SendTo(DnsPackets.Split(conflict)[0], new IPEndPoint(IPAddress.Parse("192.168.1.10"), 5353));
            lab.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal("Lounge", advertiser.Name);
    }

    private static DnsMessage Message(Random random)
    {
        DnsName[] names = [Lab.Service, Lab.Lounge, Lab.Service.Prepend("Lounge (2)"), Lab.Host, Lab.Types];
        DnsType[] types = [DnsType.Any, DnsType.Ptr, DnsType.Srv, DnsType.Txt, DnsType.A, DnsType.Aaaa];
        DnsData[] data =
        [
            new PtrData(Lab.Lounge), new SrvData(0, 0, 8080, Lab.Host), new SrvData(9, 9, 9, Lab.Lounge), Lab.Txt("a"), Lab.Txt("b"),
            new AddressData(IPAddress.Parse("192.168.1.10")), new AddressData(IPAddress.Parse("10.9.8.7")),
            new NsecData(Lab.Host, DnsType.A),
        ];
        DnsFlags[] flags = [DnsFlags.None, DnsFlags.None, DnsFlags.Truncated, DnsFlags.Response, DnsFlags.Response | DnsFlags.Truncated];
        return new DnsMessage
        {
            Id = (ushort)random.Next(3),
            Flags = Any(flags),
            Questions = Some(() => new DnsQuestion(Any(names), Any(types), random.Next(2) == 0)),
            Answers = Some(Record),
            Authorities = random.Next(4) == 0 ? Some(Record) : [],
            Additionals = random.Next(4) == 0 ? Some(Record) : [],
        };

        T Any<T>(T[] of) => of[random.Next(of.Length)];
        DnsRecord Record() => new(Any(names), (uint)(random.Next(3) * 2250), Any(data), random.Next(2) == 0);
        List<T> Some<T>(Func<T> make) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make())];
    }
}
