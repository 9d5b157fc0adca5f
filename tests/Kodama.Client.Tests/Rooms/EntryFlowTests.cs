using Kodama.Testing;

namespace Kodama.Client.Tests.Rooms;

/// <summary>What the program gets to read, in its order, and what happens when it does not.</summary>
public sealed class EntryFlowTests
{
    private readonly FakeClock clock = new();

    [Fact]
    public async Task Wait_ReaderThatIsBehind_LeavesTheRestInTheLogAndFetchesItLater()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection, new() { EntryCapacity = 4, Presence = true });
        await tea.NextAsync<CaughtUp>();
        var entering = tea.EnterAsync("1"u8.ToArray());
        await connection.OkAsync(await connection.ReadAsync("enter"));
        await entering.Within();
        for (var i = 1; i <= 8; i++) await connection.MessageAsync(i, $"{i}");
        await connection.SayAsync(
            """{"offset":9,"time":1,"type":"presence","room":"tea","action":"enter","member":"x","data":null}""");
        // Its answers still come.
        var publishing = tea.PublishAsync("mine");
        await connection.OkAsync(await connection.ReadAsync("publish"), "epoch:10");
        await publishing.Within();
        Assert.Contains("x", tea.Members.Keys);

        Assert.Equal(["1", "2"], await tea.TextsAsync(2));

        await connection.ReadAsync("leave");
        Assert.Equal("epoch:4", (await connection.LetInAsync("epoch:4", isLive: false)).Text("after"));
        await connection.ReadAsync("enter");
        for (var i = 5; i <= 8; i++)
        {
            await connection.MessageAsync(i, $"{i}");
            Assert.Equal($"{i - 2}", (await tea.NextAsync<RoomMessage>()).Text);
        }
        Assert.Equal(["7", "8"], await tea.TextsAsync(2));
        Assert.Equal(0, tea.DroppedEntries);
    }

    [Fact]
    public async Task Wait_WithARealHub_LosesNothingWhoeverReadsSlowly()
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 5000);
        await using var yui = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var ren = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var hers = await yui.JoinAsync("tea").Within();
        await using var his = await ren.JoinAsync("tea", new() { EntryCapacity = 10 }).Within();
        await his.NextAsync<CaughtUp>();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => hers.PublishAsync($"{i}"))).Within();

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), await his.TextsAsync(500));
        Assert.Equal(0, his.DroppedEntries);
    }

    [Fact]
    public async Task Wait_ReaderThatPublishesForEachMessage_NeverWaitsForItself()
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.Messages = 5000);
        await using var yui = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var ren = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var hers = await yui.JoinAsync("tea").Within();
        await using var his = await ren.JoinAsync("tea", new() { EntryCapacity = 1 }).Within();
        await his.NextAsync<CaughtUp>();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => hers.PublishAsync($"{i}"))).Within();

        for (var answered = 0; answered < 50;)
        {
            var heard = await his.NextAsync<RoomMessage>();
            if (heard.IsOwn) continue;
            Assert.Equal($"{answered++}", heard.Text);
            await his.PublishAsync($"re {heard.Text}").Within();
        }
    }

    [Theory]
    [InlineData(FullMode.DropOldest, new[] { "gap 0-4", "5", "6", "7" })]
    [InlineData(FullMode.Wait, new[] { "gap 0-4", "5", "6", "7" })]
    [InlineData(FullMode.DropNewest, new[] { "1", "2", "3", "gap 3-7" })]
    public async Task Drop_WhoHasNeverRead_IsToldTheGapInItsPlace(FullMode mode, string[] expected)
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var joining = rooms.JoinAsync("tea", new() { EntryCapacity = 3, FullMode = mode });
        await connection.LetInAsync(isLive: false);
        var tea = await joining.Within();

        for (var i = 1; i <= 7; i++) await connection.MessageAsync(i, $"{i}");
        await Deadline.UntilAsync(() => tea.DroppedEntries == 4);
        await tea.LeaveAsync(new CancellationToken(true));

        var told = new List<string>();
        await foreach (var entry in tea.Entries)
        {
            told.Add(entry switch
            {
                RoomGap { IsOurs: true } gap => $"gap {gap.From.Offset}-{gap.Position.Offset}",
                RoomMessage message => message.Text,
                _ => "",
            });
        }
        Assert.Equal(expected, told);
    }

    [Fact]
    public async Task Disconnect_OneTooMany_EndsTheRoomAndNotTheClient()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var joining = rooms.JoinAsync("tea", new() { EntryCapacity = 2, FullMode = FullMode.Disconnect });
        await connection.LetInAsync(isLive: false);
        var tea = await joining.Within();

        for (var i = 1; i <= 3; i++) await connection.MessageAsync(i, $"{i}");

        await connection.ReadAsync("leave");
        Assert.Equal(["1", "2"], await tea.TextsAsync(2));
        Assert.IsType<MessagesFullException>(await tea.EndAsync());
        Assert.IsType<ClientStatus.Connected>(await rooms.BecomesAsync<ClientStatus.Connected>());
    }

    [Fact]
    public async Task Marks_WithGapsAndLists_AreToldInTheirPlace()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var joining = rooms.JoinAsync("tea", new() { Presence = true, Start = RoomStart.After(new RoomPosition("old", 7)) });
        await connection.LetInAsync(
            "epoch:3", more: ""","gap":true,"at":"epoch:5","members":[{"member":"m","data":{"a":1},"offset":4,"time":1}],"state":[]""",
            isLive: false);
        var tea = await joining.Within();
        // Of before the lists: told, and changes nothing of them.
        await connection.SayAsync("""{"offset":5,"time":1,"type":"presence","room":"tea","action":"leave","member":"m"}""");
        await connection.MessageAsync(6, "said");
        await connection.SayAsync(
            """{"offset":20,"type":"mark","room":"tea","gap":9,"at":"epoch:20","members":[],"state":[],"live":true}""");

        var gap = await tea.NextAsync<RoomGap>();
        Assert.Equal((new RoomPosition("old", 7), new RoomPosition("epoch", 3)), (gap.From, gap.Position));
        Assert.Equal("""{"a":1}""", System.Text.Encoding.UTF8.GetString((await tea.NextAsync<ListsReplaced>()).Members["m"].Data.Span));
        await tea.NextAsync<PresenceChange>();
        Assert.Equal("said", (await tea.NextAsync<RoomMessage>()).Text);
        gap = await tea.NextAsync<RoomGap>();
        Assert.Equal((9, 20), (gap.From.Offset, gap.Position.Offset));
        Assert.Empty((await tea.NextAsync<ListsReplaced>()).Members);
        Assert.Equal(20, (await tea.NextAsync<CaughtUp>()).Position.Offset);
    }

    [Fact]
    public async Task Mark_WithAPosition_MovesTheRoomToAnotherEpoch()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection, null);
        await connection.MessageAsync(4, "said");
        await connection.SayAsync("""{"offset":4,"type":"mark","room":"tea","position":"next:4"}""");
        await connection.MessageAsync(5, "there");
        await connection.SayAsync("""{"offset":3,"type":"mark","room":"tea","position":"last:3","gap":5}""");

        Assert.Equal("said", (await tea.NextAsync<RoomMessage>()).Text);
        Assert.Equal(new RoomPosition("next", 5), (await tea.NextAsync<RoomMessage>()).Position);
        var gap = await tea.NextAsync<RoomGap>();
        Assert.Equal((new RoomPosition("next", 5), new RoomPosition("last", 3)), (gap.From, gap.Position));
    }

    [Fact]
    public async Task Marks_OfARoomThatIsLiveAlready_TellNothing()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection, null);
        // As a hub says it every 5 s to who hears none of the last entries, as they are its own.
        for (var i = 1; i <= 3; i++) await connection.LiveAsync("tea", i);
        await connection.MessageAsync(4, "said");
        await connection.SayAsync("""{"type":"left","room":"tea","code":"NOT_ALLOWED","text":"Out."}""");

        var told = new List<RoomEntry>();
        await Assert.ThrowsAsync<RequestRefusedException>(async () =>
        {
            await foreach (var entry in tea.Entries) told.Add(entry);
        });

        Assert.Equal([0, 4], told.Select(entry => entry.Position.Offset));
        Assert.IsType<CaughtUp>(told[0]);
    }

    [Fact]
    public async Task Entries_SecondReaderAtOnce_IsRefused()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var joining = rooms.JoinAsync("tea");
        await connection.LetInAsync(isLive: false);
        var tea = await joining.Within();
        await using var first = tea.Entries.GetAsyncEnumerator();
        var waiting = first.MoveNextAsync();
        await using var second = tea.Entries.GetAsyncEnumerator();

        await Assert.ThrowsAsync<InvalidOperationException>(() => second.MoveNextAsync().AsTask());

        await connection.MessageAsync(1, "1");
        Assert.True(await waiting.Within());
    }

    [Fact]
    public async Task Frames_WithUnknownTypesAndMembers_AreSkipped()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection, null);

        await connection.SayAsync("""{"type":"later","room":"tea","more":{"type":"message"}}""");
        await connection.SayAsync("""{"type":"message","room":"elsewhere","offset":1,"time":1,"event":"message","text":"not here"}""");
        await connection.SayAsync("""{"type":"ok","n":99,"position":"epoch:1"}""");
        await connection.SayAsync(
            """
            {"x":[{"text":"no"}],"offset":   1,"time": 1,"type":"message","room":"t\u0065a","from":"\"x","event":"m\u0065",
             "text":"\u6728霊"}
            """);

        var message = await tea.NextAsync<RoomMessage>();
        Assert.Equal(("木霊", "\"x", "me"), (message.Text, message.From, message.Event));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"type":1}""")]
    [InlineData("""{"type":"mark","room":"tea","offset":"5"}""")]
    [InlineData("""{"type":"joined","n":1,"position":"nowhere"}""")]
    [InlineData("""{"type":"mark","room":"tea","offset":1""")]
    [InlineData("""{"type":"message","room":"tea","offset":1,"time":9223372036854775807,"event":"message","text":"x"}""")]
    [InlineData("""{"type":"message","room":"tea","offset":1,"time":1,"from":"half \ud800","event":"message","text":"x"}""")]
    [InlineData("""{"type":"mark","room":"tea","offset":1,"members":[{"member":"m","data":1},{"member":"m","data":2}]}""")]
    [InlineData("""{"type":"ok","n":9,"position":"an epoch that is too long for the head of a request, which has a bound too:1"}""")]
    [InlineData("""{"type":"ok","n":9,"position":"not \"plain\":1"}""")]
    public async Task Frames_ThatAreNone_EndTheClient(string frame)
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection, null);

        await connection.SayAsync(frame);

        Assert.Equal(1002, Assert.IsType<HubProtocolException>(await tea.EndAsync()).CloseCode);
    }

    private KodamaRooms Start(ScriptedHub hub)
    {
        var rooms = KodamaRooms.Create(hub.Address, new KodamaRoomsOptions { Time = clock, Reconnect = ReconnectStrategy.Fixed() });
        _ = rooms.StartAsync();
        return rooms;
    }

    private static async Task<JoinedRoom> JoinAsync(KodamaRooms rooms, ScriptedConnection connection, JoinOptions? options)
    {
        var joining = rooms.JoinAsync("tea", options);
        await connection.LetInAsync();
        return await joining.Within();
    }
}
