namespace Kodama.Core.Tests;

/// <summary>What the rules of a room say when somebody wants in.</summary>
public class RoomRuleTests
{
    private static readonly PeerDescription Publisher = new() { Door = "http", Encoder = LengthPrefixed.Plain };

    [Fact]
    public async Task Join_WithoutRead_IsRefusedAndMakesNoRoom()
    {
        var hub = new Hub(rules: new HubRules().Room("vip", RoomRights.All & ~RoomRights.Read));
        var peer = await hub.ComeAsync(room: null);

        Assert.Equal(JoinResult.Refused, (await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "vip" })).Result);
        Assert.Null(hub.FindRoom("vip"));
        Assert.Equal(JoinResult.Joined, (await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby" })).Result);
    }

    [Fact]
    public async Task Join_ThatSeveralRulesRefuse_HasTheReasonOfTheFirstThatDoes()
    {
        var rules = new HubRules()
            .Grant((_, _, _) => new RoomVerdict(RoomRights.Read | RoomRights.Publish, "It may be there: that is no reason."))
            .Grant(async (_, _, _, _) =>
            {
                await Task.Yield();
                return new RoomVerdict(RoomRights.Publish, "First.");
            })
            .Grant((_, _, _) => RoomVerdict.Refuse("Second."));
        var hub = new Hub(rules: rules);
        var peer = await hub.ComeAsync(room: null);

        var joined = await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "tea" });

        Assert.Equal((JoinResult.Refused, "First."), (joined.Result, joined.Reason));
    }

    [Fact]
    public async Task Join_ByTheProgram_AsksNobody()
    {
        var hub = new Hub(rules: new HubRules().Room("*", RoomRights.None));
        var peer = await hub.ComeAsync(room: null);

        Assert.Equal(JoinResult.Joined, hub.Join(peer.Peer, "vip"));
        Assert.Equal(JoinResult.Joined, hub.Move(peer.Peer, hub.FindRoom("vip")!, "lobby"));
        Assert.Null((await peer.SayAsync("hello")).Refusal);
    }

    [Fact]
    public async Task Rules_NarrowEachOther_AndTheFirstThatGrantsNothingEnds()
    {
        var asked = new List<string>();
        var rules = new HubRules()
            .Grant((_, room) => Note(asked, "first", room == "closed" ? RoomRights.None : RoomRights.Read | RoomRights.Publish))
            .Grant((_, room, _, _) => new(Note(asked, "second", RoomRights.All & ~RoomRights.Publish)));
        var hub = new Hub(rules: rules);

        Assert.Equal(RoomRights.None, await hub.GrantAsync(hub.Describe(Publisher), "closed"));
        Assert.Equal(RoomRights.Read, await hub.GrantAsync(hub.Describe(Publisher), "open"));
        Assert.Equal(["first", "first", "second"], asked);
    }

    [Fact]
    public async Task Rights_AreCheckedForEachThing()
    {
        var hub = new Hub(rules: new HubRules().Room("lobby", RoomRights.Read));
        hub.Join((await hub.ComeAsync(room: null)).Peer, "lobby");
        hub.FindRoom("lobby")!.Send("before");
        var (peer, joined) = await JoinAsync(hub, start: Start.Last(10));

        Assert.Equal(RefusalCode.NotAllowed, (await peer.SayAsync("hello")).Code);
        Assert.Equal(RefusalCode.NotAllowed, peer.Room.Members.Enter(peer.Peer, "{}").Code);
        Assert.Equal(RefusalCode.NotAllowed, peer.Room.State.Set("key", "value", peer.Peer).Code);
        Assert.Equal(1, joined.Position.Offset);
        peer.Room.Send("after");
        Assert.Equal(["00000002after"], peer.Link.Received);
    }

    [Fact]
    public async Task Publish_OverADoorWithoutConnections_AsksAsIfItJoined()
    {
        var hub = new Hub(rules: new HubRules().RoomToken("vip", "maple").Room("inbox", RoomRights.Publish));

        var refused = await hub.PublishAsync(Publisher, "vip", "hello", Message.DefaultEvent);
        Assert.Null(hub.FindRoom("vip"));
        var visit = await hub.VisitAsync(Publisher, "vip", RoomRights.Publish, "maple");
        var published = await hub.PublishAsync(visit, "hello", Message.DefaultEvent);
        var writeOnly = await hub.PublishAsync(Publisher, "inbox", "hello", Message.DefaultEvent);

        Assert.Equal((RefusalCode.NotAllowed, "The rules of room vip do not grant that."), (refused.Code, refused.Refusal));
        Assert.Equal((1, 1), (published.Offset, writeOnly.Offset));
    }

    [Theory]
    [InlineData(null, RoomRights.Read)]
    [InlineData("", RoomRights.Read)]
    [InlineData("wrong", RoomRights.Read)]
    [InlineData("listener", RoomRights.Read | RoomRights.History)]
    [InlineData("speaker", RoomRights.Read | RoomRights.Publish)]
    public async Task RoomTokens_GrantWhatTheTokenGrants(string? token, RoomRights rights)
    {
        var tokens = new Dictionary<string, RoomRights> { ["listener"] = RoomRights.History, ["speaker"] = RoomRights.Publish };
        var hub = new Hub(rules: new HubRules().RoomTokens("vip/*", tokens, without: RoomRights.Read));

        Assert.Equal(rights, await hub.GrantAsync(hub.Describe(Publisher), "vip/1", token));
        Assert.Equal(RoomRights.All, await hub.GrantAsync(hub.Describe(Publisher), "lobby", token));
    }

    [Fact]
    public void RoomToken_Empty_IsRefused() => Assert.Throws<ArgumentException>(() => new HubRules().RoomToken("vip", ""));

    [Fact]
    public async Task OnlyRooms_ClosesTheOthers()
    {
        var hub = new Hub(rules: new HubRules().OnlyRooms("lobby", "team/*"));

        Assert.Equal(RoomRights.All, await hub.GrantAsync(hub.Describe(Publisher), "lobby"));
        Assert.Equal(RoomRights.All, await hub.GrantAsync(hub.Describe(Publisher), "team/red"));
        Assert.Equal(RoomRights.None, await hub.GrantAsync(hub.Describe(Publisher), "other"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rule_Throws_GrantsNothingAndIsLogged(bool takesTime)
    {
        var log = new RecordingLogger();
        var rules = new HubRules().Grant(async (_, _, _, _) =>
        {
            if (takesTime) await Task.Yield();
            throw new InvalidOperationException("a secret of the program");
        });
        var hub = new Hub(rules: rules, logger: log);
        var peer = await hub.ComeAsync(room: null);

        Assert.Equal(JoinResult.Refused, (await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby" })).Result);
        Assert.Equal([115], log.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public async Task Rule_WhosePeerGoesMeanwhile_IsCancelledAndNotLogged()
    {
        var log = new RecordingLogger();
        var rules = new HubRules().Grant(async (_, _, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return RoomRights.All;
        });
        var hub = new Hub(rules: rules, logger: log);
        var peer = await hub.ComeAsync(room: null);

        var joining = hub.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby" }).AsTask();
        peer.Go();

        Assert.Equal(JoinResult.Gone, (await joining.WithDeadline()).Result);
        Assert.Empty(log.Entries);
    }

    private static RoomRights Note(List<string> asked, string rule, RoomRights rights)
    {
        asked.Add(rule);
        return rights;
    }

    private static async Task<(TestPeer Peer, Joined Joined)> JoinAsync(Hub hub, Start start)
    {
        var link = new TestLink();
        var peer = await hub.ComeAsync(room: null, link: link, encoder: new Positioned());
        return (peer, await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby", Start = start }));
    }
}
