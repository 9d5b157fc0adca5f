using System.Net;

namespace Kodama.Discovery.Tests;

public class ServiceBrowserTests
{
    private const int Link = 3;

    private readonly ServiceBrowser browser = new(Records.Service, new Random(1));
    private TimeSpan now;

    public ServiceBrowserTests() => browser.AddLink(Link, now);

    [Fact]
    public void TakeQuestions_AtTheStart_AskByBothPorts()
    {
        var questions = browser.TakeQuestions(now);
        Assert.Equal([QuestionPort.Own, QuestionPort.Multicast], questions.Select(q => q.Port));
        Assert.All(questions, q => Assert.Equal(new DnsQuestion(Records.Service, DnsType.Ptr), Assert.Single(q.Message.Questions)));
        Assert.Empty(browser.TakeQuestions(now));
    }

    [Fact]
    public void TakeQuestions_Repeat_AsTheSpecificationSays()
    {
        var own = new List<double>();
        var multicast = new List<double>();
        while (now < TimeSpan.FromHours(4))
        {
            foreach (var question in browser.TakeQuestions(now))
                (question.Port == QuestionPort.Own ? own : multicast).Add(now.TotalSeconds);
            now = browser.NextDue;
        }
        Assert.Equal([0, 0.25], own);
        Assert.Equal([0, 1, 3, 9, 27, 81, 243, 729, 2187, 5787, 9387, 12987], multicast);
    }

    [Fact]
    public void TakeQuestions_CarryTheKnownAnswers()
    {
        Receive(Records.Hub());
        var question = Assert.Single(browser.TakeQuestions(now), q => q.Port == QuestionPort.Multicast);
        var known = Assert.Single(question.Message.Answers);
        Assert.Equal((4500u, false), (known.Ttl, known.CacheFlush));
        Assert.True(known.IsSame(Records.Ptr()));
    }

    [Fact]
    public void Receive_EverythingInOneMessage_ResolvesAtOnce()
    {
        browser.TakeQuestions(now);
        now += TimeSpan.FromMilliseconds(30);
        Receive(Records.Hub());
        var change = Assert.Single(browser.TakeChanges(now));
        Assert.False(change.IsGone);
        Assert.Equal("Lounge", change.Instance.Name.Label);
        Assert.Equal(8080, change.Instance.Service.Port);
        Assert.Equal([IPAddress.Parse("192.168.1.20")], change.Instance.Addresses);
        Assert.Equal(TimeSpan.FromMilliseconds(30), change.Instance.Latency);
        Assert.Empty(browser.TakeChanges(now));
    }

    [Fact]
    public void Receive_PointerOnly_AsksForTheRestAndThenForTheAddresses()
    {
        browser.TakeQuestions(now);
        Receive(Records.Response(Records.Ptr()));
        Assert.Empty(browser.TakeChanges(now));
        Assert.Equal([DnsType.Srv, DnsType.Txt], Asked(QuestionPort.Own).Order().Reverse());
        Receive(Records.Response(Records.Srv()), Records.Response(Records.Txt()));
        Assert.Empty(browser.TakeChanges(now));
        Assert.Equal([DnsType.A, DnsType.Aaaa], Asked(QuestionPort.Own).Order());
        Receive(Records.Response(Records.Address()));
        Assert.Single(browser.TakeChanges(now));
        now += TimeSpan.FromMilliseconds(200);
        Assert.Empty(Asked(QuestionPort.Own));
    }

    [Fact]
    public void TakeQuestions_NobodyKnowsTheRest_AreFewAndEnd()
    {
        Receive(Records.Response(Records.Ptr()));
        var asked = 0;
        while (now < TimeSpan.FromMinutes(50))
        {
            asked += browser.TakeQuestions(now).Sum(q => q.Message.Questions.Count(m => m.Type == DnsType.Srv));
            now = browser.NextDue;
        }
        Assert.InRange(asked, 5, 9);
    }

    [Fact]
    public void Receive_OtherServicesAndStrayRecords_AreNotKept()
    {
        Receive(
            Records.Response(Records.Srv(), Records.Txt(), Records.Address()),
            Records.Response(new DnsRecord(DnsName.Parse("_http._tcp.local"), 120, new PtrData(DnsName.Parse("Printer._http._tcp.local")))),
            Records.Response(new DnsRecord(Records.Service, 120, new PtrData(DnsName.Parse("Printer._http._tcp.local")))),
            Records.Response(new DnsRecord(Records.Service, 120, new PtrData(DnsName.Root))),
            Records.Hub() with { Flags = DnsFlags.None },
            Records.Hub() with { Flags = DnsFlags.Response | (DnsFlags)3 });
        Assert.Equal(0, browser.Records);
        browser.Receive(Link + 1, Records.Hub(), Records.From(), now);
        Assert.Equal(0, browser.Records);
    }

    [Fact]
    public void Receive_LinkLocalIPv6_CarriesItsScope()
    {
        Receive(Records.Hub(address: "fe80::7"));
        Assert.Equal(Link, Assert.Single(Assert.Single(browser.TakeChanges(now)).Instance.Addresses).ScopeId);
    }

    [Fact]
    public void Receive_NewText_IsAChange()
    {
        Receive(Records.Hub());
        browser.TakeChanges(now);
        now += TimeSpan.FromSeconds(2);
        Receive(Records.Response(Records.Txt(details: ("floor", "3"))));
        var change = Assert.Single(browser.TakeChanges(now));
        Assert.Contains(change.Instance.Text.Pairs, p => p is { Key: "d.floor", Value: "3" });
        now += TimeSpan.FromSeconds(1);
        Assert.Empty(browser.TakeChanges(now));
    }

    [Fact]
    public void Receive_NewAddress_TakesThePlaceOfTheOldOne()
    {
        Receive(Records.Hub());
        browser.TakeChanges(now);
        now += TimeSpan.FromSeconds(2);
        Receive(Records.Response(Records.Address("192.168.1.99")));
        Assert.Equal("192.168.1.99", Assert.Single(Assert.Single(browser.TakeChanges(now)).Instance.Addresses).ToString());
    }

    [Fact]
    public void Receive_Goodbye_IsToldAtOnceAndGoneAfterASecond()
    {
        Receive(Records.Hub());
        browser.TakeChanges(now);
        now += TimeSpan.FromSeconds(2);
        Receive(Records.Hub().WithTtl(0));
        Assert.True(Assert.Single(browser.TakeChanges(now)) is { IsGone: false, Instance.IsLeaving: true });
        now += TimeSpan.FromSeconds(1);
        Assert.True(Assert.Single(browser.TakeChanges(now)).IsGone);
        Assert.Equal(0, browser.Records);
    }

    [Fact]
    public void Silence_UntilTheTtlIsOver_AsksAndThenLosesIt()
    {
        Receive(Records.Hub());
        browser.TakeChanges(now);
        var asked = 0;
        while (browser.TakeChanges(now) is [] && now < TimeSpan.FromMinutes(10))
        {
            asked += browser.TakeQuestions(now).Count(q => q.Message.Questions.Any(m => m.Type == DnsType.Srv));
            now = browser.NextDue;
        }
        Assert.Equal(120, now.TotalSeconds);
        Assert.Equal(4, asked);
    }

    [Fact]
    public void Receive_OnlyByTheOwnPort_IsKeptAliveByItsAnswers()
    {
        while (now < TimeSpan.FromMinutes(2))
        {
            if (browser.TakeQuestions(now).Count > 0) browser.Receive(Link, Records.Hub().WithTtl(10), Records.From(toOwnPort: true), now);
            Assert.All(browser.TakeChanges(now), c => Assert.False(c.IsGone));
            now = browser.NextDue;
        }
        Assert.Equal(4, browser.Records);
    }

    [Fact]
    public void Verify_AsksWithoutKnownAnswers()
    {
        Receive(Records.Hub());
        browser.TakeQuestions(now);
        now += TimeSpan.FromMilliseconds(500);
        browser.TakeQuestions(now);
        browser.Verify(Records.Instance());
        Assert.Equal(TimeSpan.Zero, browser.NextDue);
        var questions = browser.TakeQuestions(now);
        Assert.Equal(2, questions.Count);
        Assert.All(questions, q => Assert.Empty(q.Message.Answers));
        Assert.Equal(TimeSpan.Zero, browser.HeardAt(Records.Instance()));
        Receive(Records.Response(Records.Srv()));
        Assert.Equal(now, browser.HeardAt(Records.Instance()));
    }

    [Fact]
    public void Forget_Instance_IsNewWhenHeardAgain()
    {
        Receive(Records.Hub());
        browser.TakeChanges(now);
        browser.Forget(Records.Instance(), now);
        Assert.Empty(browser.TakeChanges(now));
        Assert.Null(browser.HeardAt(Records.Instance()));
        Receive(Records.Hub());
        Assert.Single(browser.TakeChanges(now));
    }

    [Fact]
    public void RemoveLink_LosesWhatWasHeardThere()
    {
        browser.AddLink(Link + 1, now);
        Receive(Records.Hub());
        browser.Receive(Link + 1, Records.Hub(), Records.From(), now);
        Assert.Equal(2, browser.TakeChanges(now).Count);
        browser.RemoveLink(Link);
        Assert.Equal(Link, Assert.Single(browser.TakeChanges(now), c => c.IsGone).Instance.Link);
    }

    [Fact]
    public void Receive_FloodOfInstances_IsBounded()
    {
        for (var i = 0; i < 3000; i++) browser.Receive(Link, Records.Hub($"Hub {i}"), Records.From($"10.0.{i / 50}.1"), now);
        Assert.InRange(browser.Records, 1000, RecordCache.DefaultMaxRecords);
        Assert.InRange(browser.TakeChanges(now).Count, 500, InstanceRoom.MaxInstances);
    }

    private IEnumerable<DnsType> Asked(QuestionPort port) =>
        browser.TakeQuestions(now).Where(q => q.Port == port).SelectMany(q => q.Message.Questions).Select(q => q.Type);

    private void Receive(params DnsMessage[] messages)
    {
        foreach (var message in messages) browser.Receive(Link, message, Records.From(), now);
    }
}
