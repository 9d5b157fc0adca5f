using System.Net;

namespace Kodama.Discovery.Tests;

/// <summary>RFC 6762 section 8.1 and 8.2.</summary>
public class ProbingTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Start_FreeName_IsAskedForThreeTimes250MsApart()
    {
        lab.Start(addresses: "192.168.1.10");
        lab.Run(3);

        Assert.Equal(3, lab.Probes.Count);
        Assert.InRange(lab.Probes[0].At.TotalMilliseconds, 0, 250);
        Assert.Equal(250, (lab.Probes[1].At - lab.Probes[0].At).TotalMilliseconds);
        Assert.Equal(250, (lab.Probes[2].At - lab.Probes[1].At).TotalMilliseconds);
        Assert.Equal(250, (lab.Responses[0].At - lab.Probes[2].At).TotalMilliseconds);
    }

    [Fact]
    public void Probe_Holds_BothNamesAndTheRecordsProposed()
    {
        lab.Start(addresses: "192.168.1.10");
        lab.Run(1);

        var probe = lab.Probes[0].Message;
        Assert.Equal([new(Lab.Lounge, DnsType.Any), new(Lab.Host, DnsType.Any)], probe.Questions);
        Assert.Equal([DnsType.Srv, DnsType.Txt, DnsType.A], probe.Authorities.Select(a => a.Type));
        Assert.All(probe.Authorities, a => Assert.False(a.CacheFlush));
    }

    [Fact]
    public void Start_NameOfAnother_BecomesTheSecond()
    {
        lab.Announced();
        var (second, _) = lab.Start(digit: "b", addresses: "192.168.1.11");
        lab.Run(3);

        Assert.Equal("Lounge (2)", second.Name);
        var (third, _) = lab.Start(digit: "c", addresses: "192.168.1.12");
        lab.Run(3);

        Assert.Equal("Lounge (3)", third.Name);
    }

    [Fact]
    public void Start_NameThatDiffersInCaseOnly_IsTaken()
    {
        lab.Announced();
        var (second, _) = lab.Start("LOUNGE", "b", addresses: "192.168.1.11");
        lab.Run(3);

        Assert.Equal("LOUNGE (2)", second.Name);
    }

    [Fact]
    public void Start_HostOfAnother_BecomesTheSecond()
    {
        lab.Start("Lounge", options: new AdvertiserOptions { HostName = "hub" }, addresses: "192.168.1.10");
        lab.Run(3);
        var (second, _) = lab.Start("Kitchen", "b", new AdvertiserOptions { HostName = "hub" }, "192.168.1.11");
        lab.Forget();
        lab.Run(3);

        Assert.Equal("Kitchen", second.Name);
        var service = lab.Responses.Last(r => r.Message.Answers.Any(a => a.Name.Label == "Kitchen"))
            .Message.Answers.First(a => a.Type == DnsType.Srv);
        Assert.Equal(DnsName.Parse("hub-2.local"), ((SrvData)service.Data).Target);
    }

    [Fact]
    public void Start_HostOfTheSameMachine_IsShared()
    {
        lab.Start("Lounge", options: new AdvertiserOptions { HostName = "hub" }, addresses: "192.168.1.10");
        lab.Run(3);
        lab.Start("Kitchen", "b", new AdvertiserOptions { HostName = "hub" }, "192.168.1.10");
        lab.Run(3);

        Assert.All(
            lab.Responses.SelectMany(r => r.Message.Answers).Select(a => a.Data).OfType<SrvData>(),
            s => Assert.Equal("hub", s.Target.Label));
    }

    [Fact]
    public void Start_TwoAtOnce_TheLaterRecordsWin()
    {
        var (first, _) = lab.Start(digit: "b", addresses: "192.168.1.10");
        var (second, _) = lab.Start(digit: "a", addresses: "192.168.1.11");
        lab.Run(5);

        Assert.Equal("Lounge", first.Name);
        Assert.Equal("Lounge (2)", second.Name);
    }

    [Fact]
    public void Start_Renamed_SaysSo()
    {
        lab.Announced();
        var (second, _) = lab.Start(digit: "b", addresses: "192.168.1.11");
        var names = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var raised = new SemaphoreSlim(0);
        second.Renamed += name =>
        {
            names.Enqueue(name);
            raised.Release();
        };
        lab.Run(3);

        Assert.True(raised.Wait(TimeSpan.FromSeconds(30)));
        Assert.Equal(["Lounge (2)"], names);
    }

    [Fact]
    public void Probe_NameThatIsAlwaysTaken_SlowsDown()
    {
        // A neighbour to whom every name belongs.
        var listener = new AnswersEverything(lab);
        listener.Link = lab.Lan.Attach(MemoryNetwork.Interface("192.168.1.66"), listener);
        lab.Start(addresses: "192.168.1.10");

        lab.Run(30);
        var early = lab.Probes.Count;
        lab.Run(100);

        Assert.InRange(early, 15, 15 + 5 + 1);
        Assert.InRange(lab.Probes.Count - early, 17, 20);
    }

    [Theory]
    [InlineData("169.254.99.200", "169.254.200.50", -1)]
    [InlineData("169.254.200.50", "169.254.99.200", 1)]
    [InlineData("169.254.99.200", "169.254.99.200", 0)]
    public void Compare_AddressesOfTheRfc_GoesByTheBytesUnsigned(string ours, string theirs, int expected)
    {
        DnsRecord[] left = [new(Lab.Host, 120, new AddressData(IPAddress.Parse(ours)), CacheFlush: true)];
        DnsRecord[] right = [new(Lab.Host, 120, new AddressData(IPAddress.Parse(theirs)))];

        Assert.Equal(expected, Math.Sign(ProbeComparison.Compare(left, right)));
    }

    [Fact]
    public void Compare_OneRecordMore_ComesLater()
    {
        DnsRecord[] one = [new(Lab.Lounge, 4500, Lab.Txt("a"))];
        DnsRecord[] two = [new(Lab.Lounge, 120, new SrvData(0, 0, 8080, Lab.Host)), .. one];

        Assert.True(ProbeComparison.Compare(one, two) < 0);
    }

    private sealed class AnswersEverything(Lab lab) : IMulticastListener
    {
        public MemoryLink? Link { get; set; }

        public void Received(IMulticastLink link, MulticastPacket packet)
        {
            if (!DnsMessage.TryRead(packet.Bytes.Span, out var message, out _) || message.IsResponse) return;
            var answers = message.Questions.Take(1).Select(q => new DnsRecord(q.Name, 120, Lab.Txt("f"), true));
            foreach (var packetBack in DnsPackets.Split(AnswerQueue.Response([.. answers], [])))
                Link!.Send(packetBack);
        }

        public void LinkUp(IMulticastLink link) => throw new NotSupportedException(lab.ToString());
        public void LinkChanged(IMulticastLink link) => throw new NotSupportedException();
        public void LinkDown(IMulticastLink link) => throw new NotSupportedException();
        public void Resumed() => throw new NotSupportedException();
        public void Failed(DiscoveryError error) => throw new NotSupportedException();
    }
}
