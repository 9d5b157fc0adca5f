using Kodama.Testing;

namespace Kodama.Client.Tests.Rooms;

/// <summary>A connection is lost, and the next one is made.</summary>
public sealed class ResumeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock clock = new();

    [Fact]
    public async Task Reconnect_RoomsMembersKeysAndPublications_AreAllAskedForAgainWithoutAWait()
    {
        using var hub = new ScriptedHub();
        await using var rooms = KodamaRooms.Create(hub.Address, Options());
        var starting = rooms.StartAsync();
        JoinedRoom tea;
        JoinedRoom coffee;
        Task<Publication>[] publishing;
        List<string?> ids;
        using (var first = await hub.AcceptAsync())
        {
            await starting.Within();
            tea = await JoinAsync(rooms, first, "tea", new() { Presence = true, State = true, Token = "t" }, "epoch:40");
            coffee = await JoinAsync(rooms, first, "coffee", null, "epoch:7");
            var entering = tea.EnterAsync("""{"busy":true}"""u8.ToArray());
            await first.OkAsync(await first.ReadAsync("enter"), "epoch:41");
            await entering.Within();
            var setting = tea.SetAsync("topic", "mine", isBound: true);
            await first.OkAsync(await first.ReadAsync("set"), "epoch:42");
            await setting.Within();
            await first.SayAsync("""{"offset":45,"type":"mark","room":"tea"}""");
            await first.MessageAsync(46, "heard");
            await tea.TextsAsync(1);
            publishing = [tea.PublishAsync("1"), tea.PublishAsync("2"), coffee.PublishAsync("3")];
            ids = [(await first.ReadAsync()).Text("id"), (await first.ReadAsync()).Text("id"), (await first.ReadAsync()).Text("id")];
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();

        clock.Advance(Second);
        using var second = await hub.AcceptAsync();

        var requests = new List<System.Text.Json.JsonElement>();
        for (var i = 0; i < 7; i++) requests.Add(await second.ReadAsync());
        var ofTea = requests.Where(r => r.Text("room") == "tea").ToList();
        Assert.Equal(["join", "enter", "set", "publish", "publish"], ofTea.Select(r => r.Text("type")));
        Assert.Equal(("epoch:46", "t"), (ofTea[0].Text("after"), ofTea[0].Text("token")));
        Assert.True(ofTea[0].GetProperty("presence").GetBoolean() && ofTea[0].GetProperty("state").GetBoolean());
        Assert.True(ofTea[1].GetProperty("data").GetProperty("busy").GetBoolean());
        Assert.Equal(("topic", "mine", true), (ofTea[2].Text("key"), ofTea[2].Text("text"), ofTea[2].GetProperty("bound").GetBoolean()));
        Assert.Equal(["1", "2"], ofTea[3..].Select(r => r.Text("text")));
        Assert.Equal(ids[..2], ofTea[3..].Select(r => r.Text("id")));
        Assert.All(ofTea[3..], r => Assert.Equal("epoch:46", r.Text("again")));
        var ofCoffee = requests.Where(r => r.Text("room") == "coffee").ToList();
        Assert.Equal(["join", "publish"], ofCoffee.Select(r => r.Text("type")));
        Assert.Equal(("epoch:7", ids[2]), (ofCoffee[0].Text("after"), ofCoffee[1].Text("id")));
        Assert.True((await rooms.BecomesAsync<ClientStatus.Connected>()).IsResumed);
        foreach (var request in requests) await second.OkAsync(request, "epoch:50");
        await Task.WhenAll(publishing).Within();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publication_SeenAmongWhatWasMissed_IsAcknowledged(bool echoes)
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        var (tea, publishing, request) = await PublishAndLoseAsync(hub, rooms, "mine");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();
        await second.LetInAsync(more: echoes ? ",\"echo\":true" : "", isLive: false);

        await second.MessageAsync(1, "mine", from: "session", id: request);
        await second.MessageAsync(2, "other");

        Assert.Equal(new Publication(new RoomPosition("epoch", 1), false), await publishing.Within());
        var seen = await tea.NextAsync<RoomMessage>();
        // Where the room does not echo, the acknowledgement is all there is of it.
        Assert.Equal((echoes ? "mine" : "other", echoes, echoes), (seen.Text, seen.IsOwn, tea.Echoes));
        await second.RefuseAsync(await second.ReadAsync("publish"), "OUTCOME_UNKNOWN");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publication_WhoseOutcomeTheHubHasForgotten_IsDecidedByWhatWasMissed(bool isThere)
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        var (_, publishing, request) = await PublishAndLoseAsync(hub, rooms, "mine");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();
        await second.LetInAsync(isLive: false);
        await second.RefuseAsync(await second.ReadAsync("publish"), "OUTCOME_UNKNOWN");
        await second.MessageAsync(1, "other");
        if (isThere) await second.MessageAsync(2, "mine", from: "session", id: request);

        await second.LiveAsync("tea", 2);

        if (isThere)
        {
            Assert.Equal(2, (await publishing.Within()).Position!.Value.Offset);
            return;
        }
        var unknown = await Assert.ThrowsAsync<RequestRefusedException>(() => publishing.Within());
        Assert.Equal(("OUTCOME_UNKNOWN", false), (unknown.Code, unknown.ShouldRetry));
    }

    [Fact]
    public async Task Session_ThatTheHubHasForgotten_LeavesUnknownWhatWasSentAndSendsWhatWasNot()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        var (tea, lost, _) = await PublishAndLoseAsync(hub, rooms, "sent");
        var unsent = tea.PublishAsync("unsent");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync(knows: false, newSession: "another");
        await second.LetInAsync("new:3", more: ""","gap":true""", isLive: false);
        Assert.Equal("another", rooms.Session!.Id);
        Assert.False((await rooms.BecomesAsync<ClientStatus.Connected>()).IsResumed);

        await second.LiveAsync("tea", 3);

        Assert.Equal("OUTCOME_UNKNOWN", (await Assert.ThrowsAsync<RequestRefusedException>(() => lost.Within())).Code);
        var request = await second.ReadAsync("publish");
        Assert.Equal(("unsent", null), (request.Text("text"), request.Text("again")));
        await second.OkAsync(request, "new:4");
        await unsent.Within();
        var gap = await tea.NextAsync<RoomGap>();
        Assert.Equal((new RoomPosition("epoch", 0), new RoomPosition("new", 3), false), (gap.From, gap.Position, gap.IsOurs));
    }

    [Fact]
    public async Task Session_ThatTheHubHasForgotten_KnowsItsOwnAmongWhatWasMissed()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        var (tea, publishing, request) = await PublishAndLoseAsync(hub, rooms, "mine");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync(knows: false, newSession: "another");
        await second.LetInAsync(more: ""","echo":true""", isLive: false);

        await second.MessageAsync(1, "mine", from: "session", id: request);
        await second.LiveAsync("tea", 1);

        Assert.Equal(1, (await publishing.Within()).Position!.Value.Offset);
        Assert.True((await tea.NextAsync<RoomMessage>()).IsOwn);
    }

    [Fact]
    public async Task Own_ThatWasAcknowledged_IsNotToldByAReplay_AlsoInAnotherEpoch()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        JoinedRoom tea;
        string? id;
        using (var first = await hub.AcceptAsync())
        {
            var joining = rooms.JoinAsync("tea");
            await first.LetInAsync("epoch:4");
            tea = await joining.Within();
            var publishing = tea.PublishAsync("mine");
            var request = await first.ReadAsync("publish");
            id = request.Text("id");
            await first.OkAsync(request, "epoch:5");
            await publishing.Within();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();
        // What the epochs have in common stands at the same places in both.
        Assert.Equal("epoch:4", (await second.LetInAsync("new:4", isLive: false)).Text("after"));

        await second.MessageAsync(5, "mine", from: "session", id: id);
        await second.MessageAsync(6, "theirs");

        Assert.Equal("theirs", (await tea.NextAsync<RoomMessage>()).Text);
    }

    [Fact]
    public async Task Room_ThatARejoinIsRefused_EndsWithTheReason()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        var (tea, publishing, _) = await PublishAndLoseAsync(hub, rooms, "mine");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();

        await second.RefuseAsync(await second.ReadAsync("join"), "NOT_ALLOWED");
        await second.RefuseAsync(await second.ReadAsync("publish"), "NOT_JOINED");

        Assert.Equal("NOT_ALLOWED", Assert.IsType<RequestRefusedException>(await tea.EndAsync()).Code);
        await Assert.ThrowsAsync<RequestRefusedException>(() => publishing.Within());
        await Assert.ThrowsAsync<RequestRefusedException>(() => tea.PublishAsync("late").Within());
        var joining = rooms.JoinAsync("tea");
        await second.LetInAsync();
        await joining.Within();
    }

    [Fact]
    public async Task Room_ThatARejoinIsRefusedForAMoment_IsJoinedAgainAndNothingIsLost()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        var (tea, publishing, id) = await PublishAndLoseAsync(hub, rooms, "mine");
        var page = tea.ReadHistoryAsync();
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();
        await second.RefuseAsync(await second.ReadAsync("join"), "UNAVAILABLE");
        await second.RefuseAsync(await second.ReadAsync("history"), "NOT_JOINED");
        await second.RefuseAsync(await second.ReadAsync("publish"), "NOT_JOINED");
        await Deadline.UntilAsync(() => clock.TimerCount == 1);

        clock.Advance(Second);

        Assert.Equal("epoch:0", (await second.LetInAsync()).Text("after"));
        var asked = await second.ReadAsync("history");
        await second.SayAsync($$"""{"type":"history","n":{{asked.N()}},"room":"tea","messages":[],"position":"epoch:0"}""");
        Assert.Empty((await page.Within()).Messages);
        var again = await second.ReadAsync("publish");
        Assert.Equal(id, again.Text("id"));
        await second.OkAsync(again, "epoch:1");
        await publishing.Within();
    }

    [Fact]
    public async Task Room_ThatARejoinIsRefusedForAMoment_EndsWhereTheStrategyGivesUp()
    {
        using var hub = new ScriptedHub();
        var options = Options();
        options.Reconnect = ReconnectStrategy.Custom((_, cause) => cause is RequestRefusedException ? null : Second);
        await using var rooms = KodamaRooms.Create(hub.Address, options);
        _ = rooms.StartAsync();
        var (tea, _, _) = await PublishAndLoseAsync(hub, rooms, "mine");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();

        await second.RefuseAsync(await second.ReadAsync("join"), "UNAVAILABLE");

        Assert.Equal("UNAVAILABLE", Assert.IsType<RequestRefusedException>(await tea.EndAsync()).Code);
    }

    [Fact]
    public async Task Room_ThatARejoinIsRefusedForAMoment_EndsWithWhatTheStrategyThrows()
    {
        using var hub = new ScriptedHub();
        var options = Options();
        var broken = new FormatException("The strategy is broken.");
        options.Reconnect = ReconnectStrategy.Custom((_, cause) => cause is RequestRefusedException ? throw broken : Second);
        await using var rooms = KodamaRooms.Create(hub.Address, options);
        _ = rooms.StartAsync();
        var (tea, publishing, _) = await PublishAndLoseAsync(hub, rooms, "mine");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();

        await second.RefuseAsync(await second.ReadAsync("join"), "UNAVAILABLE");

        Assert.Same(broken, await tea.EndAsync());
        await second.RefuseAsync(await second.ReadAsync("publish"), "NOT_JOINED");
        await Assert.ThrowsAsync<RequestRefusedException>(() => publishing.Within());
    }

    [Fact]
    public async Task Room_OutOfWhichTheHubHasTakenTheClient_EndsWhenItSpeaks()
    {
        await using var hub = await TestHub.StartAsync();
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var tea = await rooms.JoinAsync("tea").Within();
        await tea.NextAsync<CaughtUp>();

        Assert.True(Hub.Leave(Assert.Single(hub.Hub.Peers), hub.Hub.FindRoom("tea")!));

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => tea.PublishAsync("Am I here?").Within());
        Assert.Equal("NOT_JOINED", refused.Code);
        Assert.Same(refused, await tea.EndAsync());
        await using var again = await rooms.JoinAsync("tea").Within();
    }

    [Fact]
    public async Task Exit_BehindAnEnterThatIsNotAnswered_IsTheLastWord()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        JoinedRoom tea;
        using (var first = await hub.AcceptAsync())
        {
            tea = await JoinAsync(rooms, first, "tea", null, "epoch:0");
            var entering = tea.EnterAsync();
            var exiting = tea.ExitAsync();
            var (enter, exit) = (await first.ReadAsync("enter"), await first.ReadAsync("exit"));
            await first.OkAsync(enter, "epoch:1");
            await first.OkAsync(exit, "epoch:2");
            await Task.WhenAll(entering, exiting).Within();
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        var publishing = tea.PublishAsync("next");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();
        await second.LetInAsync();

        await second.OkAsync(await second.ReadAsync("publish"), "epoch:3");

        await publishing.Within();
    }

    [Fact]
    public async Task Exit_WhileThereIsNoConnection_WithdrawsWhatWasToBeEnteredWith()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        JoinedRoom tea;
        Task entering;
        using (var first = await hub.AcceptAsync())
        {
            tea = await JoinAsync(rooms, first, "tea", null, "epoch:0");
            entering = tea.EnterAsync("\"sent\""u8.ToArray());
            await first.ReadAsync("enter");
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        var unsent = tea.EnterAsync("\"unsent\""u8.ToArray());

        await Assert.ThrowsAsync<NotConnectedException>(() => tea.ExitAsync().Within());

        Assert.Equal("OUTCOME_UNKNOWN", (await Assert.ThrowsAsync<RequestRefusedException>(() => entering.Within())).Code);
        Assert.False((await Assert.ThrowsAsync<PublishCanceledException>(() => unsent.Within())).WasSent);
        await NextIsPublishedAsync(hub, tea);
    }

    [Fact]
    public async Task Exit_UnderWayWhenTheConnectionBreaks_WithdrawsWhatWasToBeEnteredWith()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        JoinedRoom tea;
        Task entering;
        Task exiting;
        using (var first = await hub.AcceptAsync())
        {
            tea = await JoinAsync(rooms, first, "tea", null, "epoch:0");
            entering = tea.EnterAsync();
            exiting = tea.ExitAsync();
            await first.ReadAsync("enter");
            await first.ReadAsync("exit");
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();

        await Assert.ThrowsAsync<NotConnectedException>(() => exiting.Within());
        Assert.Equal("OUTCOME_UNKNOWN", (await Assert.ThrowsAsync<RequestRefusedException>(() => entering.Within())).Code);
        await NextIsPublishedAsync(hub, tea);
    }

    private async Task NextIsPublishedAsync(ScriptedHub hub, JoinedRoom tea)
    {
        var publishing = tea.PublishAsync("next");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();
        await second.LetInAsync();
        await second.OkAsync(await second.ReadAsync("publish"), "epoch:3");
        await publishing.Within();
    }

    [Fact]
    public async Task Room_ThatTheRulesCloseToTheClient_EndsWithTheReason()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var first = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, first, "tea", null, "epoch:0");
        await first.MessageAsync(1, "last");

        await first.SayAsync("""{"type":"left","room":"tea","code":"NOT_ALLOWED","text":"Not any more."}""");

        Assert.Equal(["last"], await tea.TextsAsync(1));
        var left = Assert.IsType<RequestRefusedException>(await tea.EndAsync());
        Assert.Equal(("NOT_ALLOWED", "Not any more."), (left.Code, left.Reason));
    }

    [Fact]
    public async Task Session_TakenOverByAHelloOfOursThatComesLate_ComesBack()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using (var first = await hub.AcceptAsync())
        {
            await rooms.BecomesAsync<ClientStatus.Connected>();
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(Second);
        using var givenUp = await hub.Raw.AcceptWebSocketAsync("Sec-WebSocket-Protocol: kodama.v1\r\n");
        await givenUp.ReadFrameAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        await rooms.BecomesAsync<ClientStatus.Reconnecting>(r => r.Cause is ConnectTimeoutException);
        clock.Advance(Second);
        using (var taken = await hub.AcceptAsync())
        {
            await rooms.BecomesAsync<ClientStatus.Connected>();
            await taken.Peer.SendCloseAsync(4002, "Connected elsewhere.");
        }

        await rooms.BecomesAsync<ClientStatus.Reconnecting>(r => r.Cause is HubClosedException { CloseCode: 4002 });
        clock.Advance(Second);
        using var last = await hub.AcceptAsync();
        Assert.True((await rooms.BecomesAsync<ClientStatus.Connected>()).IsResumed);
    }

    [Fact]
    public async Task Session_TakenOverElsewhere_EndsTheClient()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var first = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, first, "tea", null, "epoch:0");
        var publishing = tea.PublishAsync("sent");
        await first.ReadAsync("publish");

        await first.Peer.SendCloseAsync(4002, "Connected elsewhere.");
        first.Dispose();

        var closed = await rooms.BecomesAsync<ClientStatus.Closed>();
        Assert.Equal(4002, Assert.IsType<HubClosedException>(closed.Cause).CloseCode);
        Assert.Same(closed.Cause, await tea.EndAsync());
        Assert.Equal("OUTCOME_UNKNOWN", (await Assert.ThrowsAsync<RequestRefusedException>(() => publishing.Within())).Code);
    }

    [Fact]
    public async Task Session_OfAnEarlierRun_IsBroughtAlong()
    {
        await using var hub = await TestHub.StartAsync();
        HubSession session;
        RoomPosition position;
        await using (var earlier = await KodamaRooms.ConnectAsync(hub.Address).Within())
        {
            session = earlier.Session!;
            var room = await earlier.JoinAsync("tea").Within();
            position = (await room.PublishAsync("1").Within()).Position!.Value;
            await room.PublishAsync("2").Within();
        }

        await using var later = await KodamaRooms.ConnectAsync(hub.Address, new() { Session = session }).Within();

        Assert.Equal(session, later.Session);
        Assert.True(Assert.IsType<ClientStatus.Connected>(later.Status).IsResumed);
        await using var tea = await later.JoinAsync("tea", new() { Start = RoomStart.After(position) }).Within();
        var message = await tea.NextAsync<RoomMessage>();
        Assert.Equal(("2", true), (message.Text, message.IsOwn));
        Assert.DoesNotContain(session.Secret, $"{session}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_AfterAPositionOfAnEarlierRun_BeginsWithTheListsAndGoesOnAfterACutWithout()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using (var first = await hub.AcceptAsync())
        {
            var joining = rooms.JoinAsync("tea", new() { Start = RoomStart.After(new("epoch", 7)), State = true });
            var join = await first.LetInAsync("epoch:7");
            await joining.Within();
            Assert.True(join.GetProperty("lists").GetBoolean());
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();

        Assert.False((await second.LetInAsync("epoch:7")).TryGetProperty("lists", out _));
    }

    [Fact]
    public async Task Join_ThatIsCutOff_IsAskedForAgain()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        Task<JoinedRoom> joining;
        using (var first = await hub.AcceptAsync())
        {
            joining = rooms.JoinAsync("tea", new() { Start = RoomStart.Last(5) });
            await first.ReadAsync("join");
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();

        Assert.Equal(5, (await second.LetInAsync()).GetProperty("last").GetInt32());

        await joining.Within();
    }

    [Fact]
    public async Task Join_Cancelled_LeavesTheRoom()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var first = await hub.AcceptAsync();
        using var cancel = new CancellationTokenSource();
        var joining = rooms.JoinAsync("tea", null, cancel.Token);
        await first.ReadAsync("join");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining.Within());
        await first.ReadAsync("leave");
        var again = rooms.JoinAsync("tea");
        await first.LetInAsync();
        await again.Within();
    }

    [Fact]
    public async Task Direct_CutOffBeforeTheAnswer_SaysThatItMayHaveArrived()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        Task sending;
        using (var first = await hub.AcceptAsync())
        {
            await rooms.BecomesAsync<ClientStatus.Connected>();
            sending = rooms.SendToAsync("x", "psst");
            await first.ReadAsync("send");
            first.Peer.Reset();
        }

        Assert.Contains(
            "may have", (await Assert.ThrowsAsync<NotConnectedException>(() => sending.Within())).Message, StringComparison.Ordinal);
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        await Assert.ThrowsAsync<NotConnectedException>(() => rooms.SendToAsync("x", "psst").Within());
    }

    private KodamaRoomsOptions Options() => new() { Time = clock, Reconnect = ReconnectStrategy.Fixed() };

    private KodamaRooms Start(ScriptedHub hub)
    {
        var rooms = KodamaRooms.Create(hub.Address, Options());
        _ = rooms.StartAsync();
        return rooms;
    }

    private static async Task<JoinedRoom> JoinAsync(
        KodamaRooms rooms, ScriptedConnection connection, string name, JoinOptions? options, string position)
    {
        var joining = rooms.JoinAsync(name, options);
        await connection.LetInAsync(position);
        return await joining.Within();
    }

    /// <summary>A room, and something published there of which nobody knows whether it arrived.</summary>
    private static async Task<(JoinedRoom Tea, Task<Publication> Publishing, string Id)> PublishAndLoseAsync(
        ScriptedHub hub, KodamaRooms rooms, string text)
    {
        using var first = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, first, "tea", null, "epoch:0");
        var publishing = tea.PublishAsync(text);
        var id = (await first.ReadAsync("publish")).Text("id")!;
        first.Peer.Reset();
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        return (tea, publishing, id);
    }
}
