using Kodama.Testing;

namespace Kodama.Core.Tests;

public class JoinStartTests
{
    private static readonly Positioned Format = new();

    [Fact]
    public async Task Join_AfterAPosition_GetsWhatCameSinceAndThenWhatHappens()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= 5; i++) await yui.SayAsync($"m{i}");

        var ren = await JoinAsync(hub, Start.After(new Position(yui.Room.Epoch, 3)));
        await ren.LiveAsync();
        await yui.SayAsync("m6");

        Assert.Equal(["00000004m4", "00000005m5", "00000005live", "00000006m6"], ren.Link.Received);
        Assert.Equal((new Position(yui.Room.Epoch, 3), false), (ren.Joined.Position, ren.Joined.IsGap));
    }

    [Fact]
    public async Task Join_WithTheLastMessages_GetsThese()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= 5; i++) await yui.SayAsync($"m{i}");

        var ren = await JoinAsync(hub, Start.Last(2));
        await ren.LiveAsync();

        Assert.Equal(["00000004m4", "00000005m5", "00000005live"], ren.Link.Received);
        Assert.False(ren.Joined.IsGap);
    }

    [Fact]
    public async Task Join_SinceATime_GetsMessagesOfThenAndLater()
    {
        var time = new FakeClock();
        var hub = new Hub(time: time);
        var yui = await hub.ComeAsync();
        await yui.SayAsync("early");
        time.Advance(TimeSpan.FromSeconds(10));
        var then = time.GetUtcNow();
        await yui.SayAsync("late");

        var ren = await JoinAsync(hub, Start.Since(then));
        await ren.LiveAsync();

        Assert.Equal(["00000002late", "00000002live"], ren.Link.Received);
    }

    [Fact]
    public async Task Join_LiveWithAFormatWithoutMarks_GetsOnlyWhatHappens()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        await yui.SayAsync("before");
        var ren = await hub.ComeAsync();
        await yui.SayAsync("after");

        Assert.Equal(["after"], ren.Received);
    }

    [Theory]
    [InlineData("other", 2)]
    [InlineData(null, 9)]
    [InlineData(null, 0)]
    public async Task Join_BehindWhatIsKept_IsAGapAndGoesOnAtTheOldest(string? epoch, long offset)
    {
        var hub = new Hub(new HubOptions { Log = { Messages = 3 } });
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= 5; i++) await yui.SayAsync($"m{i}");

        var ren = await JoinAsync(hub, Start.After(new Position(epoch ?? yui.Room.Epoch, offset)));
        await ren.LiveAsync();

        Assert.True(ren.Joined.IsGap);
        Assert.Equal(2, ren.Joined.Position.Offset);
        Assert.Equal(["00000003m3", "00000004m4", "00000005m5", "00000005live"], ren.Link.Received);
    }

    [Fact]
    public async Task Join_BeforeAnEntryThatItsFormatCannotWrite_GetsTheOthers()
    {
        var log = new RecordingLogger();
        var hub = new Hub(logger: log);
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= 3; i++) await yui.SayAsync($"m{i}");

        var ren = await JoinAsync(hub, Start.Last(3), format: new NotM2());
        await ren.LiveAsync();
        await yui.SayAsync("m4");

        Assert.Equal(["00000001m1", "00000003m3", "00000003live", "00000004m4"], ren.Link.Received);
        Assert.Contains(log.Entries, entry => entry.Id == 116);
    }

    [Fact]
    public async Task Join_Held_GetsNothingUntilItBegins()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        await yui.SayAsync("m1");

        var ren = await JoinAsync(hub, Start.Last(1), isHeld: true);
        await yui.SayAsync("m2");
        Assert.Empty(ren.Link.Received);
        ren.Joined.Begin();
        await ren.LiveAsync();

        Assert.Equal(["00000001m1", "00000002m2", "00000002live"], ren.Link.Received);
    }

    [Fact]
    public async Task Join_HeldWhereNothingIsKept_IsToldThatItMissedSomething()
    {
        var hub = new Hub(new HubOptions { Log = { Messages = 0 } });
        var yui = await hub.ComeAsync();

        var ren = await JoinAsync(hub, Start.Live, isHeld: true);
        await yui.SayAsync("m1");
        ren.Joined.Begin();
        await ren.LiveAsync();
        await yui.SayAsync("m2");

        Assert.Equal(["00000001gap 0", "00000001live", "00000002m2"], ren.Link.Received);
    }

    [Fact]
    public async Task Readers_OfTheSamePages_ShareTheirEncoding()
    {
        var format = new Positioned();
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= 200; i++) await yui.SayAsync($"m{i}");

        for (var i = 0; i < 20; i++)
        {
            var ren = await JoinAsync(hub, Start.After(new Position(yui.Room.Epoch, 0)), format: format);
            await ren.LiveAsync();
            Assert.Equal(201, ren.Link.Received.Count);
        }

        Assert.Equal(200, format.Encoded);
    }

    [Fact]
    public async Task Readers_FarApartInALongLog_ShareTheirEncoding()
    {
        const int Messages = 20 * RoomLog.PageEntries;
        var format = new Positioned();
        var hub = new Hub(new HubOptions { Log = { Messages = Messages, Bytes = 16 * 1024 * 1024 } });
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= Messages; i++) await yui.SayAsync($"m{i}");

        for (var i = 0; i < 3; i++)
        {
            var ren = await JoinAsync(hub, Start.After(new Position(yui.Room.Epoch, 0)), format: format);
            await ren.LiveAsync();
        }

        Assert.Equal(Messages, format.Encoded);
    }

    [Fact]
    public async Task Readers_WhoComeWhileOthersSpeak_ReadWholePages()
    {
        const int Messages = RoomLog.PageEntries;
        var format = new Positioned();
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= Messages; i++)
        {
            await yui.SayAsync($"m{i}");
            var early = await JoinAsync(hub, Start.After(new Position(yui.Room.Epoch, 0)), format: format);
            await early.LiveAsync();
        }

        var late = await JoinAsync(hub, Start.After(new Position(yui.Room.Epoch, 0)), format: format);
        await late.LiveAsync();

        // Its join and a page, not a page of each moment.
        Assert.InRange(late.Link.Flushes, 1, 2);
    }

    [Fact]
    public async Task Joins_WhileOthersPublish_GetEveryEntryOnceInOrder()
    {
        const int Messages = 5000;
        var hub = new Hub(new HubOptions { Log = { Messages = 2 * Messages } });
        var speakers = new[] { await hub.ComeAsync(), await hub.ComeAsync() };
        var epoch = speakers[0].Room.Epoch;
        var readers = new List<TestReader>();

        Race.Run(
        [
            .. speakers.Select(speaker => (Action)(() =>
            {
                for (var i = 0; i < Messages; i++) speaker.SayAsync("x").GetAwaiter().GetResult();
            })),
            .. Enumerable.Range(0, 4).Select(_ => (Action)(() =>
            {
                for (var i = 0; i < 25; i++)
                {
                    var reader = JoinAsync(hub, Start.After(new Position(epoch, 0))).GetAwaiter().GetResult();
                    lock (readers) readers.Add(reader);
                }
            })),
        ]);

        foreach (var reader in readers)
        {
            await reader.LiveAsync();
            Assert.Equal(
                Enumerable.Range(1, 2 * Messages),
                reader.Link.Received.Where(r => !r.EndsWith("live", StringComparison.Ordinal)).Select(r => int.Parse(r[..8])));
        }
    }

    [Fact]
    public async Task Peer_ThatIsTooSlow_GoesOnFromTheLogWithoutAHole()
    {
        var hub = new Hub(new HubOptions { Outbox = { MaxFrames = 4 * 4000 }, Log = { Messages = 10_000, Bytes = 16 * 1024 * 1024 } });
        var yui = await hub.ComeAsync();
        var ren = await JoinAsync(hub, Start.Live, drains: false);

        for (var i = 1; i <= 8000; i++) await yui.SayAsync($"m{i} {new string('x', 100)}");
        Assert.True(ren.Peer.Outbox.QueuedFrames < 8000);
        await ren.LiveAsync();

        Assert.True(ren.Peer.IsConnected);
        Assert.Equal(
            Enumerable.Range(1, 8000),
            ren.Link.Received.Where(r => !r.EndsWith("live", StringComparison.Ordinal)).Select(r => int.Parse(r[..8])));
    }

    [Fact]
    public async Task Peer_ThatIsBehindInTwoRooms_GetsAPageOfEachInTurn()
    {
        var hub = new Hub(new HubOptions { Log = { Messages = 10_000, Bytes = 16 * 1024 * 1024 } });
        var yui = await hub.ComeAsync();
        Assert.Equal(JoinResult.Joined, hub.Join(yui.Peer, "tea"));
        for (var i = 1; i <= 20; i++) await yui.SayAsync(new string('x', (int)RoomLog.PageBytes));
        var tea = hub.FindRoom("tea")!;
        await yui.SayAsync("tea time", room: tea);

        var ren = await JoinAsync(hub, Start.Last(20), drains: false);
        var joined = await hub.JoinAsync(ren.Peer, new JoinRequest { Room = "tea", Start = Start.Last(1) });
        var calm = ren with { Joined = joined };
        await calm.LiveAsync();

        // Whose pages are large does not keep the other room waiting until it has given all of them.
        Assert.True(ren.Peer.Find(yui.Room) is { IsCatchingUp: true });
        await ren.LiveAsync();
        Assert.Equal(20, ren.Link.Received.Count(r => r.EndsWith('x')));
    }

    [Fact]
    public async Task Join_AfterAPositionWithLists_IsGivenThemAndNoChangeBefore()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        yui.Room.State.Set("k", "1");
        await yui.SayAsync("m2");
        yui.Room.State.Set("k", "3");
        await yui.SayAsync("m4");

        var ren = await JoinAsync(hub, Start.After(new Position(yui.Room.Epoch, 1)), state: true, lists: true);
        await ren.LiveAsync();

        Assert.Equal((1, 4, "3"), (ren.Joined.Position.Offset, ren.Joined.KeysAt, Assert.Single(ren.Joined.Keys!).Payload.ToString()));
        Assert.Equal(["00000002m2", "00000004m4", "00000004live"], ren.Link.Received);
    }

    [Fact]
    public async Task Peer_ThatIsBehindByMoreThanTheLogKeeps_GetsAllOfItFromItsOutbox()
    {
        var hub = new Hub(new HubOptions { Log = { Messages = 10 } });
        var yui = await hub.ComeAsync();
        var ren = await JoinAsync(hub, Start.Live, drains: false);

        for (var i = 1; i <= 1000; i++) await yui.SayAsync($"m{i}");
        await ren.LiveAsync();

        Assert.Equal(Enumerable.Range(1, 1000).Select(i => $"{i:D8}m{i}"), ren.Link.Received.Except(["00000000live"]));
    }

    [Fact]
    public async Task Peer_ThatRetentionOvertakes_IsToldAGap()
    {
        var hub = new Hub(new HubOptions { Outbox = { MaxFrames = 4 * 50 }, Log = { Messages = 100 } });
        var yui = await hub.ComeAsync();
        var ren = await JoinAsync(hub, Start.Live, drains: false);

        for (var i = 1; i <= 1000; i++) await yui.SayAsync($"m{i} {new string('x', 2000)}");
        await ren.LiveAsync();

        var texts = ren.Link.Received;
        var gap = texts.ToList().FindIndex(t => t.Contains("gap ", StringComparison.Ordinal));
        Assert.True(gap > 0);
        var offsets = texts.Where((t, i) => i != gap && !t.EndsWith("live", StringComparison.Ordinal))
            .Select(t => int.Parse(t[..8])).ToList();
        Assert.Equal(offsets[gap - 1], int.Parse(texts[gap].Split(' ')[1]));
        Assert.Equal(int.Parse(texts[gap][..8]) + 1, offsets[gap]);
        Assert.Equal(Enumerable.Range(1, gap), offsets[..gap]);
        Assert.Equal(Enumerable.Range(offsets[gap], 1000 - offsets[gap] + 1), offsets[gap..]);
    }

    [Fact]
    public async Task Reader_ThatLeavesWhileItCatchesUp_GetsNothingAfterIt()
    {
        var hub = new Hub(new HubOptions { Log = { Messages = 10_000 } });
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= 5000; i++) await yui.SayAsync(new string('x', 100));

        var ren = await JoinAsync(hub, Start.After(new Position(yui.Room.Epoch, 0)), drains: false);
        Assert.True(Hub.Leave(ren.Peer, yui.Room));
        var queued = ren.Peer.Outbox.Enqueued;
        ren.Link.Drain();
        ren.Link.Drain();

        Assert.Equal(queued, ren.Peer.Outbox.Enqueued);
    }

    private static async Task<TestReader> JoinAsync(
        Hub hub, Start start, IMessageEncoder? format = null, bool isHeld = false, bool drains = true, bool presence = false,
        bool state = false, bool lists = false)
    {
        var link = new TestLink { DrainsOnFlush = drains };
        var peer = await hub.ComeAsync(room: null, link: link, encoder: format ?? Format);
        var joined = await hub.JoinAsync(
            peer.Peer,
            new JoinRequest { Room = "lobby", Start = start, IsHeld = isHeld, Presence = presence, State = state, Lists = lists });
        return new TestReader(peer.Peer, link, joined);
    }

    private sealed class NotM2 : IMessageEncoder
    {
        public bool CarriesPosition => true;

        public Frame Encode(in Message message) =>
            message.Payload.ToString() == "m2" ? throw new InvalidOperationException("It cannot write m2.") : Format.Encode(message);

        public Frame Encode(in RoomMark mark) => Format.Encode(mark);

        public void Place(Span<byte> frame, long offset, DateTimeOffset time) => Format.Place(frame, offset, time);
    }
}
