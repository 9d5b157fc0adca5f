using Kodama.Testing;

namespace Kodama.Discovery.Tests;

/// <summary>On a network in memory, where all that happens happens within the call that causes it.</summary>
public sealed class BrowserTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private readonly Lan lan = new();
    private readonly LanHost here;
    private readonly ScriptedResponder responder;
    private readonly List<InstanceChange> changes = [];
    private readonly List<DiscoveryError> errors = [];
    private Browser? browser;

    public BrowserTests()
    {
        here = lan.Host("192.168.1.10");
        responder = new ScriptedResponder(lan.Host("192.168.1.20"));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        await responder.DisposeAsync();
    }

    [Fact]
    public void Start_Hub_IsFoundWithTheFirstQuestion()
    {
        responder.Answer = (_, packet) => packet.IsFromResponder ? null : Records.Hub();
        Start();
        Assert.Equal("Lounge", Assert.Single(changes).Instance.Name.Label);
    }

    [Fact]
    public void Start_FirstQuestions_LeaveByBothPortsAndAreRepeated()
    {
        Start();
        Assert.Equal(2, responder.Heard.Count);
        var own = Assert.Single(responder.Heard, h => h.Port != MulticastGroup.Port);
        Assert.NotEqual(0, own.Message.Id);
        Assert.Equal(0, Assert.Single(responder.Heard, h => h.Port == MulticastGroup.Port).Message.Id);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal([own.Port, own.Port], responder.Heard.Where(h => h.Port != MulticastGroup.Port).Select(h => h.Port));
        clock.Advance(TimeSpan.FromMilliseconds(750));
        Assert.Equal(2, responder.Heard.Count(h => h.Port == MulticastGroup.Port));
    }

    [Fact]
    public void Start_WithoutPort5353_AsksByTheOwnPortOnly()
    {
        responder.Answer = (_, _) => Records.Hub();
        Start(shared: LanHost.NoLinks());
        Assert.Single(changes);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.All(responder.Heard, h => Assert.NotEqual(MulticastGroup.Port, h.Port));
        Assert.Single(changes);
    }

    [Fact]
    public void Start_WithoutAPortOfItsOwn_AsksFrom5353()
    {
        responder.Answer = (_, _) => Records.Hub();
        Start(own: LanHost.NoLinks());
        Assert.Single(changes);
        Assert.All(responder.Heard, h => Assert.Equal(MulticastGroup.Port, h.Port));
    }

    [Fact]
    public void Start_WithoutAnyLink_FindsNothingAndFailsNot()
    {
        Start(LanHost.NoLinks(), LanHost.NoLinks());
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(changes);
    }

    [Fact]
    public void Receive_AnswerToAnotherQuestion_IsIgnored()
    {
        lan.Loses = (source, _) => source.Port == MulticastGroup.Port;
        Start();
        var asked = responder.Heard.Single(h => h.Port != MulticastGroup.Port);
        lan.Loses = (_, _) => false;
        responder.Send(Records.Hub() with { Id = (ushort)(asked.Message.Id + 1) }, asked.Port);
        Assert.Empty(changes);
        responder.Send(Records.Hub() with { Id = asked.Message.Id }, asked.Port);
        Assert.Single(changes);
    }

    [Fact]
    public void Receive_ManyInstances_AreAnsweredWithAFewPackets()
    {
        Start();
        clock.Advance(TimeSpan.FromSeconds(10));
        var before = responder.Heard.Count;
        for (var i = 0; i < 1000; i++)
        {
            new RawSender(lan.Host($"192.168.1.{50 + (i / 20)}").Links(MulticastGroup.Port))
                .Multicast(Records.Response(Records.Ptr($"x{i}".PadLeft(63, 'x'))));
        }
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.InRange(responder.Heard.Count - before, 1, 20);
    }

    [Fact]
    public void Start_LinkThatFails_IsTold()
    {
        Start(shared: new RefusedNetwork());
        Assert.Equal("refused", Assert.Single(errors).Message);
    }

    [Fact]
    public void Start_FirstAnswersLost_IsFoundByTheNextQuestion()
    {
        responder.Answer = (_, _) => Records.Hub();
        lan.Loses = (source, _) => source.Address.ToString() == "192.168.1.20";
        Start();
        Assert.Empty(changes);
        lan.Loses = (_, _) => false;
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Single(changes);
    }

    [Fact]
    public void Receive_Announcement_IsFoundWithoutLatency()
    {
        Start();
        clock.Advance(TimeSpan.FromMinutes(2));
        responder.Multicast(Records.Hub());
        Assert.Equal(TimeSpan.Zero, Assert.Single(changes).Instance.Latency);
    }

    [Fact]
    public void Receive_FromOffTheLinkOrAnotherPort_IsIgnored()
    {
        Start();
        var stranger = lan.Host("10.0.0.1");
        new RawSender(stranger.Links(MulticastGroup.Port)).Multicast(Records.Hub());
        new RawSender(lan.Host("192.168.1.66").Links(0)).Multicast(Records.Hub());
        Assert.Empty(changes);
    }

    [Fact]
    public void Receive_Goodbye_IsToldAtOnce()
    {
        Start();
        responder.Multicast(Records.Hub());
        responder.Multicast(Records.Hub().WithTtl(0));
        Assert.True(changes[^1].Instance.IsLeaving);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(changes[^1].IsGone);
        Assert.Equal(3, changes.Count);
    }

    [Fact]
    public void Silence_OfAHub_LosesItWithItsTtl()
    {
        Start();
        responder.Multicast(Records.Hub());
        clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Single(changes);
        Assert.Equal(4, responder.Heard.Count(h => h.Message.Questions.Any(q => q.Type == DnsType.Srv)));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(changes[^1].IsGone);
    }

    [Fact]
    public void Verify_HubThatAnswers_IsHeardSince()
    {
        Start();
        responder.Multicast(Records.Hub());
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), browser!.SinceHeard(Records.Instance()));
        responder.Answer = (_, _) => Records.Response(Records.Srv());
        browser.Verify(Records.Instance());
        Assert.Equal(TimeSpan.Zero, browser.SinceHeard(Records.Instance()));
        Assert.Null(browser.SinceHeard(Records.Instance("Other")));
    }

    [Fact]
    public void Receive_AnyBytes_AreHarmless()
    {
        Start();
        var random = new Random(7);
        var sender = new RawSender(lan.Host("192.168.1.66").Links(MulticastGroup.Port));
        lan.Loses = (_, _) => false;
        var valid = DnsPackets.Split(Records.Hub())[0];
        for (var i = 0; i < 2_000; i++)
        {
            var packet = valid.ToArray();
            for (var mutations = random.Next(4); mutations >= 0; mutations--) packet[random.Next(packet.Length)] = (byte)random.Next(256);
            sender.Multicast(packet);
        }
        changes.Clear();
        responder.Multicast(Records.Hub("Fine", "fine"));
        clock.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Contains(changes, c => c.Instance.Name.Label == "Fine");
    }

    private void Start(IMulticastNetwork? own = null, IMulticastNetwork? shared = null)
    {
        browser = new Browser(
            Records.Service, own ?? here.Links(0), shared ?? here.Links(MulticastGroup.Port),
            changes.Add, errors.Add, clock, new Random(1));
        browser.Start();
    }

    private sealed class RefusedNetwork : IMulticastNetwork
    {
        public void Start(IMulticastListener listener) => listener.Failed(new DiscoveryError("refused", new IOException()));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class RawSender : IMulticastListener
    {
        private IMulticastLink? link;

        public RawSender(IMulticastNetwork network) => network.Start(this);

        public void Multicast(DnsMessage message) => Multicast(DnsPackets.Split(message)[0]);

        public void Multicast(byte[] packet) => link!.Send(packet);

        public void LinkUp(IMulticastLink link) => this.link = link;

        public void LinkChanged(IMulticastLink link)
        {
        }

        public void LinkDown(IMulticastLink link)
        {
        }

        public void Resumed()
        {
        }

        public void Received(IMulticastLink link, MulticastPacket packet)
        {
        }

        public void Failed(DiscoveryError error)
        {
        }
    }
}
