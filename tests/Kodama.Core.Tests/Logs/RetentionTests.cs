using Kodama.Testing;

namespace Kodama.Core.Tests;

public class RetentionTests
{
    [Fact]
    public async Task Messages_OlderThanTheirAge_AreGone()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var yui = await hub.ComeAsync();
        yui.Room.Send("old");
        time.Advance(TimeSpan.FromMinutes(9));
        yui.Room.Send("new");
        time.Advance(TimeSpan.FromMinutes(2));

        var page = await yui.Room.ReadAsync(0);

        Assert.True(page.IsGap);
        Assert.Equal(["new"], page.Entries.Select(entry => entry.Payload.ToString()));
    }

    [Fact]
    public async Task Time_OfAClockThatGoesBack_DoesNotGoBackInTheRoom()
    {
        var time = new SteppingClock();
        var hub = new Hub(time: time);
        var room = (await hub.ComeAsync()).Room;
        foreach (var ms in new[] { 5000, 1000, 1000, 9000, 8000 })
        {
            time.Now = DateTimeOffset.UnixEpoch.AddMilliseconds(ms);
            room.Send("x");
        }

        var page = await room.ReadAsync(0);

        Assert.Equal([5000, 5000, 5000, 9000, 9000], page.Entries.Select(entry => entry.Time.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public async Task Room_ThatEveryoneHasLeft_IsKeptForAWhileAndGoesOn()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var yui = await hub.ComeAsync();
        var room = yui.Room;
        room.Send("before");
        yui.Go();
        time.Advance(TimeSpan.FromSeconds(119));

        var back = await hub.ComeAsync();

        Assert.Same(room, back.Room);
        Assert.Equal(2, room.Send("after").Offset);
        back.Go();
        time.Advance(TimeSpan.FromSeconds(122));
        Assert.Empty(hub.Rooms);
        Assert.Equal(0, time.TimerCount);
    }

    [Fact]
    public async Task Publish_ToARoomWhereNobodyIs_IsKeptForWhoeverComes()
    {
        var hub = new Hub();
        var published = await hub.PublishAsync(
            new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain }, "empty", "hello", Message.DefaultEvent);

        Assert.Equal((1, 0), (published.Offset, published.Receivers));
        Assert.Equal("hello", Assert.Single((await hub.FindRoom("empty")!.ReadAsync(0)).Entries).Payload.ToString());
    }

    [Fact]
    public async Task Publish_WhereNothingIsKept_MakesNoRoom()
    {
        var hub = new Hub(new HubOptions { Log = { Messages = 0 } });

        Assert.Equal(default, await hub.PublishAsync(
            new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain }, "empty", "hello", Message.DefaultEvent));
        Assert.Empty(hub.Rooms);
    }

    [Fact]
    public async Task Logs_ThatTakeTooMuchTogether_GiveFromTheLargest()
    {
        var hub = new Hub(new HubOptions { Log = { MaxTotalBytes = 256 * 1024, KeepEmpty = TimeSpan.FromHours(1) } });
        var small = (await hub.ComeAsync("small")).Room;
        small.Send("little");
        var large = (await hub.ComeAsync("large")).Room;
        for (var i = 0; i < 200; i++) large.Send(new string('x', 5000));

        // Another thread may be at it.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                hub.Keeper.Trim();
                return hub.LogBudget.Taken <= 256 * 1024;
            },
            Deadline.Limit));
        Assert.Single((await small.ReadAsync(0)).Entries);
        Assert.True((await large.ReadAsync(0)).IsGap);
    }

    [Fact]
    public async Task Rooms_BeyondTheBound_TakeThePlaceOfThoseEmptyLongest()
    {
        var time = new FakeClock();
        var hub = new Hub(new HubOptions { Log = { MaxRooms = 2 } }, time: time);
        var publisher = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain };
        await hub.PublishAsync(publisher, "first", "x", Message.DefaultEvent);
        time.Advance(TimeSpan.FromSeconds(1));
        await hub.PublishAsync(publisher, "second", "x", Message.DefaultEvent);
        var yui = await hub.ComeAsync("third");

        Assert.Equal(["second", "third"], hub.Rooms.Select(room => room.Name).Order());
        await hub.ComeAsync("fourth");
        var late = await hub.ComeAsync(room: null);
        Assert.Equal(JoinResult.HubFull, hub.Join(late.Peer, "fifth"));
        Assert.Equal(RefusalCode.TooManyRooms, (await hub.PublishAsync(publisher, "fifth", "x", Message.DefaultEvent)).Code);
        Assert.True(yui.Peer.IsIn(hub.FindRoom("third")!));
    }

    [Fact]
    public async Task Transient_Messages_TakeNoPlaceAndAreNotKept()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();

        yui.Room.Send("1");
        var transient = yui.Room.Send("tick", isTransient: true);
        Assert.Equal(2, yui.Room.Send("2").Offset);

        Assert.Equal((0, 1), (transient.Offset, transient.Receivers));
        Assert.Equal(["1", "tick", "2"], yui.Received);
        Assert.Equal(["1", "2"], (await yui.Room.ReadAsync(0)).Entries.Select(entry => entry.Payload.ToString()));
    }

    [Fact]
    public async Task Audience_OfAnEntry_IsKeptWithIt()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var ren = await hub.ComeAsync();
        yui.Room.Send("for all");
        yui.Room.Send("not for Ren", except: [ren.Peer]);

        Assert.Equal(["for all"], (await yui.Room.ReadAsync(0)).Entries.Select(entry => entry.Payload.ToString()));
        Assert.Equal(["for all"], (await yui.Room.ReadBeforeAsync()).Entries.Select(entry => entry.Payload.ToString()));
        Assert.Equal(["for all"], ren.Received);
    }

    [Fact]
    public async Task ReadBefore_Pages_GoBackToTheBeginning()
    {
        var hub = new Hub();
        var room = (await hub.ComeAsync()).Room;
        for (var i = 1; i <= 10; i++) room.Send($"m{i}");

        var newest = await room.ReadBeforeAsync(most: 4);
        var older = await room.ReadBeforeAsync(newest.Entries[0].Offset, 4);
        var oldest = await room.ReadBeforeAsync(older.Entries[0].Offset, 4);

        Assert.Equal(["m7", "m8", "m9", "m10"], Texts(newest));
        Assert.Equal(["m3", "m4", "m5", "m6"], Texts(older));
        Assert.Equal(["m1", "m2"], Texts(oldest));
        Assert.Equal((true, true, false), (newest.HasMore, older.HasMore, oldest.HasMore));

        static IEnumerable<string> Texts(EntryPage page) => page.Entries.Select(entry => entry.Payload.ToString());
    }

    private sealed class SteppingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
