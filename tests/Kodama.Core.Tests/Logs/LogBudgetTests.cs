using Kodama.Testing;

namespace Kodama.Core.Tests;

public class LogBudgetTests
{
    private const int Total = 1024 * 1024;

    private static readonly PeerDescription Writer = new() { Door = "http", Encoder = LengthPrefixed.Plain };

    [Fact]
    public async Task State_OfAllRooms_IsRefusedAtItsShareAndLeavesMessagesTheirs()
    {
        var hub = new Hub(new HubOptions { Log = { MaxTotalBytes = Total } });
        var results = new List<RefusalCode>();
        for (var i = 0; i < 64; i++) results.Add((await hub.ChangeStateAsync(Writer, $"s{i}", "k", new string('x', 32_000))).Code);
        var room = (await hub.ComeAsync()).Room;
        for (var i = 0; i < 100; i++)
        {
            room.Send(new string('m', 1000));
            hub.Keeper.Trim();
        }

        Assert.InRange(results.Count(code => code == RefusalCode.None), 4, Total / 4 / 32_000);
        Assert.Equal(RefusalCode.Full, results[^1]);
        Assert.Equal(100, (await room.ReadAsync(0)).Entries.Count);
    }

    [Fact]
    public async Task State_ThatIsRemoved_MakesRoomForOther()
    {
        var hub = new Hub(new HubOptions { Log = { MaxTotalBytes = Total } });
        while ((await hub.ChangeStateAsync(Writer, "full", $"{Guid.NewGuid()}", new string('x', 8000))).Code == RefusalCode.None)
        {
        }
        var state = hub.FindRoom("full")!.State;
        state.Set(state.List().Keys[0].Key!, "little");

        Assert.Equal(RefusalCode.None, (await hub.ChangeStateAsync(Writer, "other", "k", new string('x', 7000))).Code);
    }

    [Fact]
    public async Task Removals_GiveWayToWhatIsThere()
    {
        var hub = new Hub(new HubOptions { Log = { MaxTotalBytes = Total } });
        var yui = await hub.ComeAsync();
        using var batch = FlushBatch.Rent();
        var data = Payload.Of($"\"{new string('x', 4000)}\"");
        for (var i = 0; i < 500; i++)
        {
            var role = new MemberRole($"m{i}");
            Assert.Equal(RefusalCode.None, (await yui.Room.Members.EnterAsync(yui.Peer, role, data, batch)).Code);
            yui.Room.Members.Leave(yui.Peer, role, batch);
        }

        Assert.Equal(RefusalCode.None, (await hub.ChangeStateAsync(Writer, "other", "k", new string('x', 7000))).Code);
    }

    [Fact]
    public async Task Members_WhoseRoomsHaveNoPlaceLeft_AreRefused()
    {
        var hub = new Hub(new HubOptions { Log = { MaxTotalBytes = 64 * 1024 } });
        var yui = await hub.ComeAsync(details: [("bio", new string('x', 12_000))]);

        Assert.Equal(RefusalCode.Full, yui.Room.Members.Enter(yui.Peer, "1").Code);
        var ren = await hub.ComeAsync();
        Assert.Equal(RefusalCode.None, ren.Room.Members.Enter(ren.Peer, "1").Code);
    }

    [Fact]
    public async Task Ids_OfManyRooms_GiveAsMessagesDo()
    {
        var hub = new Hub(new HubOptions { Log = { MaxTotalBytes = Total } });
        for (var i = 0; i < 8000; i++)
        {
            var options = new PublishOptions(new PublishId($"id-{i:D13}", Scope: $"anonymous {i}"));
            await hub.PublishAsync(Writer, $"room {i % 4}", "x", Message.DefaultEvent, options);
        }
        // Another thread may be at it already.
        await Settling.UntilAsync(() =>
        {
            hub.Keeper.Trim();
            return hub.LogBudget.Taken <= Total;
        });

        Assert.InRange(hub.LogBudget.Taken, 1, Total);
        Assert.True(hub.FindRoom("room 0")!.Log.Ids.Count > 0);
        Assert.True(hub.FindRoom("room 0")!.Log.Ids.ForgottenOf("new") > 0);
    }

    [Fact]
    public async Task Rooms_WithAMessageEach_AreWithinTheBoundOfTheHub()
    {
        var hub = new Hub(new HubOptions { Log = { MaxTotalBytes = Total } });
        for (var i = 0; i < 4000; i++)
        {
            await hub.PublishAsync(Writer, $"room {i}", "x", Message.DefaultEvent);
            hub.Keeper.Trim();
        }

        Assert.InRange(hub.LogBudget.Taken, Total / 2, Total);
        Assert.InRange(hub.Rooms.Count, Total / 2048, Total / 1024);
        Assert.NotNull(hub.FindRoom("room 3999"));
        foreach (var room in hub.Rooms) Assert.True(room.Life.TryEnd());
        Assert.Equal(0, hub.LogBudget.Taken);
    }

    [Fact]
    public async Task Room_ThatEndsWhileTheLargestGive_GivesOnce()
    {
        var hub = new Hub();
        for (var i = 0; i < 100; i++)
            await hub.PublishAsync(
                Writer, "lobby", "x", Message.DefaultEvent, new PublishOptions(new PublishId($"id{i}", Scope: "program")));
        var room = hub.FindRoom("lobby")!;
        Assert.True(room.Life.TryEnd());

        room.Halve();

        Assert.Equal((0, 0, 0), (hub.LogBudget.Taken, room.Log.Capacity, room.Log.Ids.Count));
    }

    [Fact]
    public void Room_TakesNoMoreThanIsCounted()
    {
        var hub = new Hub();
        var name = new string('n', 100);
        var options = new RoomOptions();
        _ = new Room(hub, name, options);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var room = new Room(hub, name, options);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 1, Room.CostOf("") - Room.NodeCost);
        GC.KeepAlive(room);
    }

    [Fact]
    public async Task Rooms_WithStateAndNobodyInThem_LeaveHalfToOthers()
    {
        var hub = new Hub(new HubOptions { Log = { MaxRooms = 8 } });
        var results = new List<RefusalCode>();
        for (var i = 0; i < 16; i++) results.Add((await hub.ChangeStateAsync(Writer, $"s{i}", "k", "v")).Code);

        Assert.Equal(4, results.Count(code => code == RefusalCode.None));
        Assert.Equal(RefusalCode.Full, results[^1]);
        for (var i = 0; i < 16; i++)
            Assert.Equal(1, (await hub.PublishAsync(Writer, $"new {i}", "x", Message.DefaultEvent)).Offset);
        hub.FindRoom("s0")!.State.Remove("k");
        Assert.Equal(RefusalCode.None, (await hub.ChangeStateAsync(Writer, "s9", "k", "v")).Code);
    }

    [Fact]
    public async Task MakeRoom_ThatWasInVain_IsNotTriedAgainWithinASecond()
    {
        var time = new FakeClock();
        var hub = new Hub(new HubOptions { Log = { MaxRooms = 1 } }, time: time);
        var yui = await hub.ComeAsync();
        yui.Room.Send("kept");

        Assert.False(hub.Keeper.MakeRoom());
        yui.Go();
        Assert.False(hub.Keeper.MakeRoom());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(hub.Keeper.MakeRoom());
    }

    [Theory]
    [InlineData(true, "secret")]
    [InlineData(false, null)]
    public async Task Token_OfAJoin_IsKeptOnlyWhereRulesAreAskedAgain(bool hasRules, string? kept)
    {
        var rules = new HubRules();
        if (hasRules) rules.RoomToken("lobby", "secret");
        var hub = new Hub(rules: rules);
        var yui = await hub.ComeAsync(room: null);

        await hub.JoinAsync(yui.Peer, new JoinRequest { Room = "lobby", Token = "secret", Presence = true, IsHeld = true });

        var member = yui.Peer.Find(yui.Room)!;
        Assert.Equal((kept, true, false), (member.Token, member.Request.Presence, member.IsLive));
    }
}
