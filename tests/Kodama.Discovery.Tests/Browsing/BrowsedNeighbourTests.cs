using System.Net;

namespace Kodama.Discovery.Tests;

/// <summary>What a neighbour can make a browser ask, keep and believe.</summary>
public class BrowsedNeighbourTests
{
    private const int Link = 2;

    private readonly ServiceBrowser browser = new(Records.Service, new Random(1));
    private TimeSpan now;

    public BrowsedNeighbourTests() => browser.AddLink(Link, now);

    [Fact]
    public void TakeQuestions_ManyPointersThatEndSoon_AreAskedForOnceASecond()
    {
        RunUntil(TimeSpan.FromSeconds(60));
        var start = now;
        var asked = new List<TimeSpan>();
        var known = 0;
        for (var i = 0; now < start + TimeSpan.FromSeconds(20); now += TimeSpan.FromMilliseconds(10), i++)
        {
            Receive($"192.168.1.{50 + (i % 100)}", Records.Response(Records.Ptr($"s{i % 100}", ttl: 1)));
            foreach (var question in browser.TakeQuestions(now).Where(q => q.Message.Questions.Any(m => m.Type == DnsType.Ptr)))
            {
                asked.Add(now);
                known = Math.Max(known, question.Message.Answers.Count);
            }
        }
        Assert.InRange(asked.Count, 0, 20);
        Assert.All(asked.Zip(asked.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
        Assert.InRange(known, 0, 64);
    }

    [Fact]
    public void TakeQuestions_ManyInstancesWithoutTheRest_AreAskedForAFewAtATime()
    {
        RunUntil(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 1000; i++) Receive($"192.168.1.{i / 50}", Records.Response(Records.Ptr($"x{i}")));
        Assert.Equal(32, browser.TakeQuestions(now).Where(q => q.Port == QuestionPort.Own).Sum(q => q.Message.Questions.Count));
        Assert.Empty(browser.TakeQuestions(now));
        RunUntil(now + TimeSpan.FromSeconds(14));
        Assert.NotEqual(TimeSpan.MaxValue, browser.NextDue);
    }

    [Fact]
    public void TakeQuestions_KnownAnswers_FitIntoFourPackets()
    {
        for (var i = 0; i < 300; i++) Receive($"192.168.1.{i / 50}", Records.Response(Records.Ptr($"{i}".PadLeft(63, 'x'))));
        var question = Assert.Single(browser.TakeQuestions(now), q => q.Port == QuestionPort.Multicast);
        Assert.InRange(DnsPackets.Split(question.Message).Count, 2, 4);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    [InlineData(true, true, false)]
    public void Receive_QuestionOfAnother_IsAsGoodAsAskedIfItKnowsNoMore(bool knowsNoMore, bool unicast, bool suppresses)
    {
        browser.TakeQuestions(now);
        now = TimeSpan.FromMilliseconds(900);
        browser.TakeQuestions(now);
        now = TimeSpan.FromSeconds(3) - TimeSpan.FromMilliseconds(100);
        browser.TakeQuestions(now);
        now = TimeSpan.FromSeconds(4.9);
        var heard = new DnsMessage
        {
            Questions = [new(Records.Service, DnsType.Ptr, unicast)],
            Answers = knowsNoMore ? [] : [Records.Ptr("Unheard of")],
        };
        Receive("192.168.1.7", heard);
        now = TimeSpan.FromSeconds(5);
        Assert.Equal(suppresses, !browser.TakeQuestions(now).Any(q => q.Port == QuestionPort.Multicast));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::7f00:1")]
    [InlineData("ff02::1")]
    public void Receive_AddressThatNoHostHas_IsNotTaken(string address)
    {
        Receive("192.168.1.20", Records.Hub(address: address));
        Assert.Empty(browser.TakeChanges(now));
    }

    [Fact]
    public void Receive_LoopbackAddressFromThisMachine_IsTaken()
    {
        browser.Receive(Link, Records.Hub(address: "127.0.0.1"), new Origin(IPAddress.Loopback, IsOwnMachine: true, ToOwnPort: false), now);
        Assert.Single(browser.TakeChanges(now));
    }

    [Fact]
    public void Receive_ThousandsOfAddressesOfOneHost_AreEight()
    {
        for (var i = 0; i < 3000; i++) Receive("192.168.1.20", Records.Hub(address: $"10.0.{i / 250}.{i % 250}"));
        Assert.Equal(8, Assert.Single(browser.TakeChanges(now)).Instance.Addresses.Count);
    }

    [Fact]
    public void Receive_FloodFromOneSender_LeavesRoomForOthers()
    {
        for (var i = 0; i < 3000; i++) Receive("192.168.1.66", Records.Hub($"Hub {i}", address: "192.168.1.66"));
        Receive("192.168.1.20", Records.Hub("Real"));
        Assert.Contains(browser.TakeChanges(now), c => c.Instance.Name.Label == "Real");
        Assert.Equal(InstanceRoom.MaxPerSource + 1, browser.Instances);
    }

    [Fact]
    public void Receive_CacheFullOfPointersThatLeadNowhere_MakesRoom()
    {
        for (var i = 0; i < 2000; i++) Receive($"10.0.{i / 50}.1", Records.Response(Records.Ptr($"x{i}", uint.MaxValue)));
        now = TimeSpan.FromMinutes(1);
        Receive("192.168.1.20", Records.Hub("Real"));
        Receive("10.0.99.1", Records.Response(Records.Ptr("One more")));
        Assert.Equal("Real", Assert.Single(browser.TakeChanges(now)).Instance.Name.Label);
    }

    [Fact]
    public void Forget_Instance_IsLookedForAnewAndNotAllTheTime()
    {
        Receive("192.168.1.20", Records.Hub());
        RunUntil(TimeSpan.FromMinutes(1));
        browser.TakeChanges(now);
        browser.Forget(Records.Instance(), now);
        Assert.Contains(browser.TakeQuestions(now), AsksForTheService);
        now += TimeSpan.FromSeconds(9.5);
        browser.TakeQuestions(now);
        now += TimeSpan.FromMilliseconds(10);
        Receive("192.168.1.20", Records.Hub());
        browser.Forget(Records.Instance(), now);
        Assert.DoesNotContain(browser.TakeQuestions(now), AsksForTheService);
    }

    private static bool AsksForTheService(OutgoingQuestion question) => question.Message.Questions.Any(q => q.Type == DnsType.Ptr);

    private void Receive(string source, DnsMessage message) => browser.Receive(Link, message, Records.From(source), now);

    private void RunUntil(TimeSpan end)
    {
        while (browser.NextDue < end)
        {
            now = browser.NextDue > now ? browser.NextDue : now;
            browser.TakeQuestions(now);
        }
        now = end;
    }
}
