using System.Globalization;
using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>What a hub does whatever its engine is (docs/specs/log.md). Every engine's tests inherit it.</summary>
public abstract class EngineContract : IAsyncDisposable
{
    private static readonly Positioned Format = new();

    /// <summary>A hub with the engine. A second one goes on where the first has stopped, if the engine is durable.</summary>
    internal abstract Hub Start(HubOptions? options = null, HubRules? rules = null, TimeProvider? time = null);

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Publishers_Racing_HaveOneOrderWithoutGaps()
    {
        var hub = Start(new HubOptions { Log = { Messages = 10_000 } });
        var readers = new[] { await JoinAsync(hub), await JoinAsync(hub) };
        var publishers = new List<TestPeer>();
        for (var i = 0; i < 4; i++) publishers.Add(await hub.ComeAsync());

        var acknowledged = await Task.WhenAll(publishers.Select((publisher, p) => Task.Run(async () =>
        {
            var offsets = new List<long>();
            for (var i = 0; i < 200; i++) offsets.Add((await publisher.SayAsync($"{p}/{i}").SettledAsync()).Offset);
            return offsets;
        })));
        foreach (var reader in readers) await Settling.UntilAsync(() => reader.Link.Received.Count == 800);

        Assert.Equal(Enumerable.Range(1, 800).Select(i => (long)i), acknowledged.SelectMany(offsets => offsets).Order());
        Assert.All(acknowledged, offsets => Assert.Equal(offsets.Order(), offsets));
        Assert.Equal(readers[0].Link.Received, readers[1].Link.Received);
        Assert.Equal(Enumerable.Range(1, 800), Offsets(readers[0]));
        var page = await publishers[0].Room.ReadAsync(0, 1000);
        Assert.Equal(readers[0].Link.Received.Select(text => text[8..]), Texts(page));
    }

    [Fact]
    public async Task Publish_WhenItIsAcknowledged_IsHandedOut()
    {
        var hub = Start();
        var yui = await hub.ComeAsync();
        var ren = await hub.ComeAsync();

        for (var i = 1; i <= 20; i++)
        {
            var result = await yui.SayAsync($"m{i}").SettledAsync();
            Assert.Equal((i, 1), (result.Offset, result.Receivers));
            Assert.Equal((i, i), (yui.Room.Offset, ren.Peer.MessagesOut));
        }
        await Settling.UntilAsync(() => ren.Received.Count == 20);
        Assert.Empty(yui.Received);
    }

    [Fact]
    public async Task Joins_WhileOthersPublish_GetEveryEntryOnceInOrder()
    {
        var hub = Start(new HubOptions { Log = { Messages = 10_000 } });
        var yui = await hub.ComeAsync();
        await yui.SayAsync("first").SettledAsync();
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++) await yui.SayAsync("x");
            await yui.SayAsync("last").SettledAsync();
        });

        var readers = new List<TestReader>();
        for (var i = 0; i < 20; i++) readers.Add(await JoinAsync(hub, Start1(yui.Room.Epoch)));
        await publishing.WithDeadline();

        foreach (var reader in readers)
        {
            await Settling.UntilAsync(() => reader.Link.Received.Any(text => text.EndsWith("last", StringComparison.Ordinal)));
            Assert.Equal(Enumerable.Range(2, 1001), reader.Link.Received.Where(text => !text.EndsWith("live", StringComparison.Ordinal))
                .Select(OffsetOf));
        }

        static Start Start1(string epoch) => Kodama.Start.After(new Position(epoch, 1));
    }

    [Theory]
    [InlineData("other", 2)]
    [InlineData(null, 9)]
    [InlineData(null, 0)]
    public async Task Join_BehindWhatIsKept_IsAGapAndGoesOnAtTheOldest(string? epoch, long offset)
    {
        var hub = Start(new HubOptions { Log = { Messages = 3 } });
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= 5; i++) await yui.SayAsync($"m{i}").SettledAsync();

        var ren = await JoinAsync(hub, Kodama.Start.After(new Position(epoch ?? yui.Room.Epoch, offset)));
        await ren.LiveAsync();

        Assert.True(ren.Joined.IsGap);
        Assert.Equal(["00000003m3", "00000004m4", "00000005m5", "00000005live"], ren.Link.Received);
    }

    [Fact]
    public async Task Id_SentAgain_IsPublishedOnce()
    {
        var hub = Start();
        var yui = await hub.ComeAsync();
        var ren = await hub.ComeAsync();
        var before = new Position(yui.Room.Epoch, 0);

        // The second comes while the first is perhaps under way.
        var results = await Task.WhenAll(PublishAsync(yui, "hello", "a"), PublishAsync(yui, "hello", "a", before));

        Assert.All(results, result => Assert.Equal((1, RefusalCode.None), (result.Offset, result.Code)));
        Assert.Equal(RefusalCode.IdReused, (await PublishAsync(yui, "other", "a")).Code);
        Assert.Equal(RefusalCode.OutcomeUnknown, (await PublishAsync(yui, "x", "b", new Position("other", 0))).Code);
        Assert.Equal(2, (await PublishAsync(ren, "other", "a")).Offset);
        await Settling.UntilAsync(() => ren.Received.Count == 1);
        Assert.Equal(["hello"], ren.Received);
    }

    [Fact]
    public async Task Member_EntersChangesAndLeaves_AsToldToThoseWhoAsk()
    {
        var hub = Start();
        var yui = await hub.ComeAsync();
        var ren = await JoinAsync(hub, presence: true);
        var id = yui.Peer.Author.Id;

        var entered = await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        var same = await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        await yui.Room.Members.Enter(yui.Peer, "2").SettledAsync();
        var list = yui.Room.Members.List();
        await yui.Room.Members.Leave(yui.Peer).SettledAsync();
        await Settling.UntilAsync(() => ren.Link.Received.Count == 3);

        Assert.Equal((1, 1), (entered.Offset, same.Offset));
        Assert.Equal(("2", 2), (Assert.Single(list.Members).Data.ToString(), list.Position.Offset));
        Assert.Equal([$"00000001Enter {id} 1", $"00000002Update {id} 2", $"00000003Remove {id}"], ren.Link.Received);
        Assert.Equal(0, yui.Room.Members.Count);
    }

    [Fact]
    public async Task Member_ThatGoesAtOnce_LeavesNoGhost()
    {
        var hub = Start();
        var ren = await hub.ComeAsync();
        for (var i = 0; i < 50; i++)
        {
            var yui = await hub.ComeAsync();
            ren.Room.Members.Enter(yui.Peer, "1");
            ren.Room.State.Set("cursor", $"{i}", yui.Peer, isBound: true);
            yui.Go();
        }
        await ren.SayAsync("behind them").SettledAsync();

        Assert.Equal(0, ren.Room.Members.Count);
        Assert.Empty(ren.Room.State.List().Keys);
        Assert.Equal(50 * 4 + 1, ren.Room.Offset);
    }

    [Fact]
    public async Task Changes_SentAgainByANewConnection_AreItsOwn()
    {
        var hub = Start(new HubOptions { Log = { PresenceGrace = TimeSpan.FromHours(1) } });
        var room = (await hub.ComeAsync()).Room;
        var before = new Position(room.Epoch, 0);
        var yui = await hub.ComeWithSessionAsync("s1");
        await room.Members.Enter(yui.Peer, "1", new PublishId("a")).SettledAsync();
        await room.State.Set("cursor", "1", yui.Peer, isBound: true, id: new PublishId("b")).SettledAsync();
        yui.Go(CloseReason.Lost);

        var back = await hub.ComeWithSessionAsync("s1");
        var entered = await room.Members.Enter(back.Peer, "1", new PublishId("a", before)).SettledAsync();
        var set = await room.State.Set("cursor", "1", back.Peer, isBound: true, id: new PublishId("b", before)).SettledAsync();

        Assert.Equal((1, 2, 2), (entered.Offset, set.Offset, room.Offset));
        back.Go();
        await room.Send("behind them").SettledAsync();
        Assert.Equal((0, 0), (room.Members.Count, room.State.List().Keys.Count));
        yui = await hub.ComeWithSessionAsync("s1");
        entered = await room.Members.Enter(yui.Peer, "1", new PublishId("a", before)).SettledAsync();
        set = await room.State.Set("cursor", "1", yui.Peer, isBound: true, id: new PublishId("b", before)).SettledAsync();
        Assert.Equal((6, 7), (entered.Offset, set.Offset));
        Assert.Equal((1, 1), (room.Members.Count, room.State.List().Keys.Count));
    }

    [Fact]
    public async Task State_SetAndRemoved_IsTheLastOfEachKey()
    {
        var hub = Start();
        var ren = await JoinAsync(hub, state: true);
        var room = ren.Joined.Room!;

        room.State.Set("light", "on");
        room.State.Set("door", "open");
        room.State.Set("light", "off");
        room.State.Remove("door");
        await room.State.Remove("none").SettledAsync();
        await room.State.Set("last", "x").SettledAsync();
        await Settling.UntilAsync(() => ren.Link.Received.Count == 5);

        Assert.Equal(["00000001Update light on", "00000002Update door open", "00000003Update light off", "00000004Remove door",
            "00000005Update last x"], ren.Link.Received);
        Assert.Equal([("light", "off", 3L), ("last", "x", 5L)], room.State.List().Keys
            .Select(key => (key.Key!, key.Payload.ToString(), key.Offset)));
        var late = await JoinAsync(hub, Kodama.Start.After(new Position(room.Epoch, 2)), state: true);
        await late.LiveAsync();
        Assert.Equal(["00000003Update light off", "00000004Remove door", "00000005Update last x", "00000005live"], late.Link.Received);
    }

    [Fact]
    public async Task State_BeyondItsBound_IsRefusedHoweverFastItComes()
    {
        var hub = Start(new HubOptions { Log = { MaxStateKeys = 10, MaxStateBytes = 200 } });
        var room = (await hub.ComeAsync()).Room;

        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => room.State.Set($"k{i}", "v").SettledAsync()));
        Assert.Equal(20, results.Count(result => result.Code == RefusalCode.Full));
        Assert.Equal(RefusalCode.Full, (await room.State.Set("k0", new string('x', 200)).SettledAsync()).Code);
        Assert.Equal(RefusalCode.None, (await room.State.Set("k0", new string('x', 100)).SettledAsync()).Code);
        await room.State.Remove("k1").SettledAsync();
        Assert.Equal(RefusalCode.None, (await room.State.Set("new", "v").SettledAsync()).Code);
        Assert.Equal(10, room.State.List().Keys.Count);
    }

    [Fact]
    public async Task Transient_Messages_ComeInTheirTurnAndAreNotKept()
    {
        var hub = Start();
        var ren = await JoinAsync(hub);
        var room = ren.Joined.Room!;

        for (var i = 1; i <= 20; i++)
        {
            room.Send($"m{i}");
            room.Send($"tick{i}", isTransient: true);
        }
        await room.Send("end").SettledAsync();
        await Settling.UntilAsync(() => ren.Link.Received.Count == 41);

        Assert.Equal(
            [.. Enumerable.Range(1, 20).SelectMany(i => new[] { $"m{i}", $"~tick{i}" }), "end"],
            ren.Link.Received.Select(text => text[8..]));
        Assert.Equal([.. Enumerable.Range(1, 20).Select(i => $"m{i}"), "end"], Texts(await room.ReadAsync(0)));
    }

    [Fact]
    public async Task Audience_OfAnEntry_IsKeptWithIt()
    {
        var hub = Start();
        var yui = await hub.ComeAsync();
        var ren = await hub.ComeAsync();

        yui.Room.Send("for all");
        await yui.Room.Send("not for Ren", except: [ren.Peer]).SettledAsync();
        await Settling.UntilAsync(() => yui.Received.Count == 2);

        Assert.Equal(["for all"], ren.Received);
        Assert.Equal(["for all"], Texts(await yui.Room.ReadAsync(0)));
    }

    [Fact]
    public async Task Retention_CountsMessagesAndTheirBytes()
    {
        var hub = Start(new HubOptions { Log = { Messages = 5, Bytes = 1000 } });
        var room = (await hub.ComeAsync()).Room;
        await room.State.Set("key", "stays").SettledAsync();
        for (var i = 1; i <= 9; i++) await room.Send($"m{i}").SettledAsync();

        var page = await room.ReadAsync(0);
        Assert.Equal((true, "m5 m6 m7 m8 m9"), (page.IsGap, string.Join(' ', Texts(page))));
        await room.Send(new string('x', 900)).SettledAsync();
        await room.Send("after").SettledAsync();
        Assert.Equal(["m7", "m8", "m9"], Texts(await room.ReadAsync(0)).Take(3));
        await room.Send(new string('y', 900)).SettledAsync();
        Assert.Equal(["after", new string('y', 900)], Texts(await room.ReadAsync(0)));
        await room.Send(new string('z', 1001)).SettledAsync();
        Assert.Equal([new string('z', 1001)], Texts(await room.ReadAsync(0)));
        Assert.Equal("stays", room.State.Find("key")!.Payload.ToString());
    }

    [Fact]
    public async Task ReadBefore_Pages_GoBackToTheBeginning()
    {
        var hub = Start();
        var room = (await hub.ComeAsync()).Room;
        for (var i = 1; i <= 10; i++) await room.Send($"m{i}").SettledAsync();

        var newest = await room.ReadBeforeAsync(most: 4);
        var older = await room.ReadBeforeAsync(newest.Entries[0].Offset, 4);
        var oldest = await room.ReadBeforeAsync(older.Entries[0].Offset, 4);

        Assert.Equal("m7 m8 m9 m10|m3 m4 m5 m6|m1 m2",
            string.Join('|', new[] { newest, older, oldest }.Select(page => string.Join(' ', Texts(page)))));
        Assert.Equal((true, true, false), (newest.HasMore, older.HasMore, oldest.HasMore));
    }

    [Fact]
    public async Task Pages_BoundedInBytesAndOfManyWithAnAudience_AreAllOfIt()
    {
        const long MostBytes = 100_000;
        long[] expected = [.. Enumerable.Range(1, 30), 1231];
        var hub = Start(new HubOptions { Log = { Messages = 10_000, Bytes = 16 * 1024 * 1024 } });
        var yui = await hub.ComeAsync(link: new TestLink { Discards = true });
        var room = yui.Room;
        for (var i = 1; i <= 30; i++) room.Send(new string('x', i % 7 == 0 ? 300_000 : 20_000));
        for (var i = 0; i < 1200; i++) room.Send("for some", except: [yui.Peer]);
        await room.Send("last").SettledAsync();

        foreach (var halves in new[] { 0, 6, 9 })
        {
            for (var i = 0; i < halves; i++) room.Halve();
            if (room.Store is null && halves > 0) break;
            var forwards = await ReadAllAsync(0, at => room.ReadMessagesAsync(at, 1000, MostBytes), static page => page.UpTo);
            var backwards = await ReadAllAsync(1231, at => room.ReadBeforeAsync(at + 1, 1000, MostBytes), static page => page.From);
            Assert.Equal(expected, forwards);
            Assert.Equal(expected, backwards.Order());
        }

        static async Task<List<long>> ReadAllAsync(
            long at, Func<long, ValueTask<EntryPage>> readAsync, Func<EntryPage, Position> next)
        {
            var offsets = new List<long>();
            while (true)
            {
                var page = await readAsync(at);
                Assert.False(page.IsGap);
                Assert.True(page.Entries.Count == 1 || page.Entries.Sum(entry => entry.Size) <= MostBytes);
                offsets.AddRange(page.Entries.Select(entry => entry.Offset));
                if (!page.HasMore) return offsets;
                Assert.NotEqual(at, next(page).Offset);
                at = next(page).Offset;
            }
        }
    }

    [Fact]
    public async Task Time_DoesNotGoBackInARoom()
    {
        var time = new FakeClock();
        var hub = Start(time: time);
        var room = (await hub.ComeAsync()).Room;
        for (var i = 0; i < 5; i++)
        {
            await room.Send("x").SettledAsync();
            time.Advance(TimeSpan.FromMilliseconds(0.4));
        }

        var times = (await room.ReadAsync(0)).Entries.Select(entry => entry.Time).ToList();

        Assert.Equal(times.Order(), times);
        Assert.All(times, stamped => Assert.Equal(0, stamped.Ticks % TimeSpan.TicksPerMillisecond));
    }

    [Fact]
    public async Task Publisher_ThatLeavesAnEmptyRoomAtOnce_IsAnsweredAllTheSame()
    {
        var hub = Start(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } });
        for (var i = 0; i < 20; i++)
        {
            var yui = await hub.ComeAsync();
            var publishing = yui.SayAsync("hello");
            yui.Go();
            Assert.Equal(RefusalCode.None, (await publishing.SettledAsync()).Code);
        }
    }

    internal static async Task<TestReader> JoinAsync(
        Hub hub, Start start = default, bool presence = false, bool state = false, string room = "lobby", bool drains = true)
    {
        var link = new TestLink { DrainsOnFlush = drains };
        var peer = await hub.ComeAsync(room: null, link: link, encoder: Format);
        var joined = await hub.JoinAsync(peer.Peer, new JoinRequest { Room = room, Start = start, Presence = presence, State = state });
        return new TestReader(peer.Peer, link, joined);
    }

    internal static async Task<PublishResult> PublishAsync(TestPeer peer, string text, string id, Position? firstSeen = null)
    {
        var batch = FlushBatch.Rent();
        var result = await peer.Peer.Hub.PublishAsync(
            peer.Peer, peer.Room, text, Message.DefaultEvent, new PublishOptions(new PublishId(id, firstSeen)), batch);
        batch.Dispose();
        return await result.SettledAsync();
    }

    internal static IEnumerable<string> Texts(EntryPage page) =>
        page.Entries.Where(entry => entry.Kind == EntryKind.Message).Select(entry => entry.Payload.ToString());

    internal static IEnumerable<int> Offsets(TestReader reader) => reader.Link.Received.Select(OffsetOf);

    private static int OffsetOf(string text) => int.Parse(text.AsSpan(0, 8), CultureInfo.InvariantCulture);
}
