using System.Net;

namespace Kodama.Discovery.Tests;

/// <summary>RFC 6762 sections 5.4, 6 and 7.</summary>
public class AnsweringTests
{
    private readonly Lab lab = new();

    private static readonly DnsRecord Pointer = new(Lab.Service, 4500, new PtrData(Lab.Lounge));
    private static readonly DnsRecord Service = new(Lab.Lounge, 120, new SrvData(0, 0, 8080, Lab.Host), CacheFlush: true);

    [Fact]
    public void Ask_SharedRecord_IsAnsweredToAllAfter20To120Ms()
    {
        lab.Announced();
        var delays = new List<double>();
        for (var i = 0; i < 30; i++)
        {
            lab.Forget();
            var asked = lab.Lan.Now;
            lab.Ask(Lab.Service, DnsType.Ptr);
            lab.Run(2);

            var answer = Assert.Single(lab.Responses);
            Assert.Null(answer.To);
            Assert.Equal([Pointer], answer.Message.Answers);
            delays.Add((answer.At - asked).TotalMilliseconds - 1);
        }
        Assert.All(delays, d => Assert.InRange(d, 20, 121));
        Assert.True(delays.Max() - delays.Min() > 30);
    }

    [Fact]
    public void Ask_UniqueRecord_IsAnsweredAtOnce()
    {
        lab.Announced();

        lab.Ask(Lab.Lounge, DnsType.Srv);
        lab.Run(0.002);

        Assert.Equal([Service], Assert.Single(lab.Responses).Message.Answers);
    }

    [Fact]
    public void Ask_Pointer_BringsWhatIsAskedNext()
    {
        lab.Announced();

        lab.Ask(Lab.Service, DnsType.Ptr);
        lab.Run(1);

        Assert.Equal(
            [DnsType.Srv, DnsType.Txt, DnsType.A, DnsType.Nsec, DnsType.Nsec],
            lab.Responses[0].Message.Additionals.Select(a => a.Type));
    }

    [Fact]
    public void Ask_TypesOfServices_AreTold()
    {
        lab.Announced();

        lab.Ask(Lab.Types, DnsType.Ptr);
        lab.Run(1);

        Assert.Equal([new PtrData(Lab.Service)], lab.Responses[0].Message.Answers.Select(a => a.Data));
    }

    [Fact]
    public void Ask_Any_BringsAllOfTheName()
    {
        lab.Announced();

        lab.Ask(Lab.Lounge, DnsType.Any);
        lab.Run(1);

        Assert.Equal([DnsType.Srv, DnsType.Txt], lab.Responses[0].Message.Answers.Select(a => a.Type));
    }

    [Fact]
    public void Ask_TypeThatThereIsNot_IsAnsweredSo()
    {
        lab.Announced();

        lab.Ask(Lab.Host, DnsType.Aaaa);
        lab.Run(1);

        Assert.Equal([new NsecData(Lab.Host, DnsType.A)], lab.Responses[0].Message.Answers.Select(a => a.Data));
    }

    [Fact]
    public void Ask_OtherNames_IsNotAnswered()
    {
        lab.Announced();

        lab.Ask(DnsName.Parse("_http._tcp.local"), DnsType.Ptr);
        lab.Ask(Lab.Service.Prepend("Kitchen"), DnsType.Srv);
        lab.Run(3);

        Assert.Empty(lab.Sent);
    }

    [Fact]
    public void Ask_WhileProbing_IsNotAnswered()
    {
        lab.Start(addresses: "192.168.1.10");
        lab.Run(0.4);

        lab.Ask(Lab.Lounge, DnsType.Srv);
        lab.Run(0.2);

        Assert.Empty(lab.Responses);
    }

    [Fact]
    public void Ask_TwiceWithinASecond_IsAnsweredASecondApart()
    {
        lab.Announced();

        lab.Ask(Lab.Lounge, DnsType.Srv);
        lab.Run(0.5);
        lab.Ask(Lab.Lounge, DnsType.Srv);
        lab.Run(5);

        Assert.Equal(2, lab.Responses.Count);
        Assert.Equal(1000, (lab.Responses[1].At - lab.Responses[0].At).TotalMilliseconds);
    }

    [Fact]
    public void Ask_SeveralAtOnce_AreAnsweredTogether()
    {
        lab.Announced();

        for (var i = 0; i < 5; i++) lab.Ask(Lab.Service, DnsType.Ptr);
        lab.Ask(Lab.Types, DnsType.Ptr);
        lab.Run(5);

        Assert.Equal(2, Assert.Single(lab.Responses).Message.Answers.Count);
    }

    [Fact]
    public void Ask_KnowingTheAnswer_IsNotAnswered()
    {
        lab.Announced();

        lab.Ask(Lab.Service, DnsType.Ptr, known: Pointer with { Ttl = 2250 });
        lab.Run(3);
        Assert.Empty(lab.Sent);

        lab.Ask(Lab.Service, DnsType.Ptr, known: Pointer with { Ttl = 2249 });
        lab.Run(3);
        Assert.Single(lab.Responses);
    }

    [Fact]
    public void Ask_KnownAnswersStillToCome_WaitsForThem()
    {
        lab.Announced();

        lab.Say(new DnsMessage { Flags = DnsFlags.Truncated, Questions = [new(Lab.Service, DnsType.Ptr)] });
        lab.Run(0.3);
        lab.Say(new DnsMessage { Answers = [Pointer] });
        lab.Run(3);

        Assert.Empty(lab.Sent);
    }

    [Fact]
    public void Ask_KnownAnswersThatDoNotCome_IsAnsweredAfter400To500Ms()
    {
        lab.Announced();
        var asked = lab.Lan.Now;

        lab.Say(new DnsMessage { Flags = DnsFlags.Truncated, Questions = [new(Lab.Lounge, DnsType.Srv)] });
        lab.Run(3);

        Assert.InRange((Assert.Single(lab.Responses).At - asked).TotalMilliseconds, 401, 502);
    }

    [Fact]
    public void Ask_TruncatedForEver_IsAnswered()
    {
        lab.Announced();
        for (var i = 0; i < 300; i++) lab.Say(new DnsMessage { Flags = DnsFlags.Truncated, Questions = [new(Lab.Lounge, DnsType.Srv)] });
        lab.Run(0.01);

        Assert.NotEmpty(lab.Responses);
    }

    [Fact]
    public void Ask_AnsweredMeanwhileByAnother_IsNotAnswered()
    {
        lab.Announced();
        var types = new DnsRecord(Lab.Types, 4500, new PtrData(Lab.Service));

        lab.Ask(Lab.Types, DnsType.Ptr);
        lab.Run(0.005);
        lab.Answer(types);
        lab.Run(3);
        Assert.Empty(lab.Sent);

        lab.Ask(Lab.Types, DnsType.Ptr);
        lab.Run(0.005);
        lab.Answer(types with { Ttl = 4499 });
        lab.Run(3);
        Assert.Single(lab.Responses);
    }

    [Fact]
    public void Ask_ForUnicast_IsAnsweredToTheAskerAtOnce()
    {
        lab.Announced();

        lab.Ask(Lab.Service, DnsType.Ptr, unicast: true);
        lab.Run(3);

        var answer = Assert.Single(lab.Responses);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.168.1.200"), 5353), answer.To);
        Assert.Equal([Pointer], answer.Message.Answers);
        Assert.NotEmpty(answer.Message.Additionals);
    }

    [Fact]
    public void Ask_ForUnicastLongAfterAllHeardIt_IsAnsweredToAll()
    {
        lab.Announced();
        lab.Clock.Advance(TimeSpan.FromSeconds(4500 / 4));

        lab.Ask(Lab.Service, DnsType.Ptr, unicast: true);
        lab.Run(3);

        Assert.Null(Assert.Single(lab.Responses).To);
    }

    [Fact]
    public void Ask_ByUnicast_IsAnsweredByUnicast()
    {
        lab.Announced();

        lab.Say(new DnsMessage { Questions = [new(Lab.Lounge, DnsType.Srv)] }, to: new IPEndPoint(IPAddress.Parse("192.168.1.10"), 5353));
        lab.Run(3);

        Assert.Equal(lab.Neighbour.Source, Assert.Single(lab.Responses).To);
    }

    [Fact]
    public void Ask_FromAPortOfItsOwn_IsAnsweredAsPlainDns()
    {
        lab.Announced();

        lab.Say(new DnsMessage { Id = 0x4711, Questions = [new(Lab.Service, DnsType.Ptr, UnicastResponse: true)] }, legacy: true);
        lab.Run(0.003);

        var answer = Assert.Single(lab.Responses);
        Assert.Equal(lab.Scanner.Source, answer.To);
        Assert.Equal(0x4711, answer.Message.Id);
        Assert.Equal([new DnsQuestion(Lab.Service, DnsType.Ptr)], answer.Message.Questions);
        Assert.Equal(Pointer.Data, Assert.Single(answer.Message.Answers).Data);
        Assert.All(answer.Message.Answers.Concat(answer.Message.Additionals), r => Assert.True(r is { Ttl: 10, CacheFlush: false }));
    }

    [Fact]
    public void Ask_FromAPortOfItsOwnOffTheLink_IsNotAnswered()
    {
        lab.Announced();
        var stranger = lab.Lan.Attach(MemoryNetwork.Interface("203.0.113.7"), new RecordingListener(), 40000);

        stranger.Send(DnsPackets.Split(new DnsMessage { Questions = [new(Lab.Service, DnsType.Ptr)] })[0]);
        lab.Run(3);

        Assert.DoesNotContain(lab.Sent, s => s.Message.IsResponse);
    }

    [Fact]
    public void Ask_ThousandTimesByUnicast_IsAnsweredNoMoreThan256TimesASecond()
    {
        lab.Announced();

        for (var i = 0; i < 1000; i++) lab.Say(new DnsMessage { Questions = [new(Lab.Service, DnsType.Ptr)] }, legacy: true);
        lab.Run(0.5);

        Assert.Equal(256, lab.Responses.Count);
    }

    [Fact]
    public void Received_NoDns_IsCountedAndIgnored()
    {
        var (advertiser, _) = lab.Announced();
        var broken = new MemoryLink(lab.Lan, MemoryNetwork.Interface("192.168.1.200"), new RecordingListener(), 5353) { MayBeWrong = true };

        broken.Send(Hex.Bytes("0000 0000 0001 0000 0000 0000 C00C 0001 0001"));
        broken.Send([]);
        lab.Forget();
        lab.Ask(Lab.Lounge, DnsType.Srv);
        lab.Run(3);

        Assert.Equal(2, advertiser.BadPackets);
        Assert.Single(lab.Responses);
    }

    [Fact]
    public void Received_OtherOpcodeOrResponseCode_IsIgnored()
    {
        lab.Announced();

        lab.Say(new DnsMessage { Flags = (DnsFlags)0x2000, Questions = [new(Lab.Lounge, DnsType.Srv)] });
        lab.Say(new DnsMessage { Flags = (DnsFlags)0x0003, Questions = [new(Lab.Lounge, DnsType.Srv)] });
        lab.Run(3);

        Assert.Empty(lab.Sent);
    }
}
