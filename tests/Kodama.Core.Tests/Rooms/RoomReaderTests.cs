using System.Runtime.CompilerServices;

namespace Kodama.Core.Tests;

/// <summary>That what is read has no hole that is not told, and costs no more than what is there.</summary>
public class RoomReaderTests
{
    [Fact]
    public void Pages_ReadWhilePublishersDisplaceThem_HaveNoHoleThatIsNotTold()
    {
        const int Messages = 60_000;
        var room = new Hub(new HubOptions { Log = { Messages = 300 } }).OpenRoom("lobby")!;

        Race.Run([.. Enumerable.Repeat<Action>(Publish, 2), .. Enumerable.Repeat<Action>(Read, 4)]);

        void Publish()
        {
            for (var i = 0; i < Messages / 2; i++) room.Send("x");
        }

        void Read()
        {
            for (var after = 0L; after < Messages;)
            {
                var page = room.ReadAsync(after, 1000).AsTask().GetAwaiter().GetResult();
                if (!page.IsGap) Assert.Equal(after, page.From.Offset);
                Assert.Equal(page.From.Offset + page.Entries.Count, page.UpTo.Offset);
                after = page.UpTo.Offset;
            }
        }
    }

    [Fact]
    public async Task Read_BehindRemovalsThatAreForgotten_IsAGap()
    {
        var hub = new Hub();
        var room = hub.OpenRoom("lobby")!;
        room.State.Set("known", "v");
        room.State.Remove("known");
        Forget(room);

        var behind = await room.ReadAsync(1);
        var after = await room.ReadAsync(room.Offset - 1);
        var beginning = await room.ReadAsync(0);

        Assert.True(behind.IsGap);
        Assert.False(after.IsGap);
        // Who knows nothing misses no removal.
        Assert.False(beginning.IsGap);
    }

    [Fact]
    public async Task Listen_BehindRemovalsThatAreForgotten_IsToldAGapOnce()
    {
        var hub = new Hub();
        var room = hub.OpenRoom("lobby")!;
        room.State.Set("known", "v");
        await using var pages = room.ListenAsync(Start.After(new Position(room.Epoch, 0))).GetAsyncEnumerator();
        var gaps = new List<bool>();
        Assert.True(await pages.MoveNextAsync().AsTask().WithDeadline());
        gaps.Add(pages.Current.IsGap);

        room.State.Remove("known");
        Forget(room);
        for (var upTo = 1L; upTo < room.Offset; upTo = pages.Current.UpTo.Offset)
        {
            Assert.True(await pages.MoveNextAsync().AsTask().WithDeadline());
            gaps.Add(pages.Current.IsGap);
        }

        Assert.InRange(gaps.Count, 3, int.MaxValue);
        Assert.Equal([false, true, .. Enumerable.Repeat(false, gaps.Count - 2)], gaps);
    }

    [Fact]
    public async Task Snapshot_ThatFindsNoPlace_ComesWhenThereIsOne()
    {
        var format = new Positioned();
        var (room, ren) = await StalledAsync(format);
        Forget(room);
        room.State.Set("last", new string('y', 80));

        var batch = FlushBatch.Rent();
        Assert.False(await new MemberFeed(ren.Peer.Find(room)!).NextAsync(batch));
        batch.Dispose();
        await ren.LiveAsync();

        Assert.Equal($"00000001keys {room.Offset} [known=v last={new string('y', 80)}]", ren.Link.Received[1]);
    }

    [Fact]
    public async Task Page_ThatFindsNoPlace_IsNotTriedAgainBeforeThePeerHasDrained()
    {
        var format = new Positioned();
        var (_, ren) = await StalledAsync(format);

        for (var i = 0; i < 10_000; i++) await Task.Yield();

        Assert.Equal(1, format.Marks);
        await ren.LiveAsync();
        Assert.Equal(["00000002m2", "00000003m3"], ren.Link.Received.Skip(1).Take(2).Select(text => text[..10]));
    }

    [Fact]
    public async Task Offsets_OfWhichNothingIsLeft_AreNotReadOneByOne()
    {
        const int Changes = 20_000;
        var format = new Positioned();
        var hub = new Hub();
        var room = hub.OpenRoom("lobby")!;
        for (var i = 1; i <= Changes; i++) room.State.Set("key", "v");

        var ren = await JoinAsync(hub, format, Start.After(new Position(room.Epoch, 0)));
        await ren.LiveAsync();

        Assert.Equal([$"{Changes:D8}Update key v", $"{Changes:D8}live"], ren.Link.Received);
        Assert.InRange(format.Marks, 1, 2);
        Assert.Equal(Changes, room.Log.Read(0, withKeys: true).UpTo);
    }

    [Theory]
    [InlineData(1000, "1 2 3 4|5 6 7 8|9")]
    [InlineData(400, "1 2 3|4|5 6|7|8 9")]
    [InlineData(1, "1|2|3|4|5|6|7|8|9")]
    public async Task Pages_BoundedInBytes_AreAllOfItForwards(int mostBytes, string expected)
    {
        var room = SizedRoom();
        var pages = new List<string>();

        for (EntryPage? page = null; page is not { HasMore: false }; pages.Add(Offsets(page)))
            page = await room.ReadMessagesAsync(page?.UpTo.Offset ?? 0, mostBytes: mostBytes, most: 4);

        Assert.Equal(expected, string.Join('|', pages));
    }

    [Theory]
    [InlineData(1000, "6 7 8 9|2 3 4 5|1")]
    [InlineData(400, "8 9|7|5 6|4|1 2 3")]
    [InlineData(1, "9|8|7|6|5|4|3|2|1")]
    public async Task Pages_BoundedInBytes_AreAllOfItBackwards(int mostBytes, string expected)
    {
        var room = SizedRoom();
        var pages = new List<string>();

        for (EntryPage? page = null; page is not { HasMore: false }; pages.Add(Offsets(page)))
            page = await room.ReadBeforeAsync((page?.From.Offset ?? 99) + 1, mostBytes: mostBytes, most: 4);

        Assert.Equal(expected, string.Join('|', pages));
    }

    [Fact]
    public void Keys_OfAJoin_AreNotKeptWhileTheMemberIsIn()
    {
        var hub = new Hub();
        hub.OpenRoom("lobby")!.State.Set("key", "v");
        var (peer, keys) = Join(hub);

        GC.Collect();

        Assert.True(peer.IsIn(hub.FindRoom("lobby")!));
        Assert.False(keys.IsAlive);

        // Not inlined: what it has had is gone when it has returned.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static (Peer Peer, WeakReference Keys) Join(Hub hub)
        {
            var peer = hub.ComeAsync(room: null).GetAwaiter().GetResult().Peer;
            var joined = hub.JoinAsync(peer, new JoinRequest { Room = "lobby", State = true }).AsTask().GetAwaiter().GetResult();
            Assert.Single(joined.Keys!);
            return (peer, new WeakReference(joined.Keys));
        }
    }

    private static Room SizedRoom()
    {
        var room = new Hub().OpenRoom("lobby")!;
        foreach (var size in new[] { 90, 90, 90, 390, 190, 190, 390, 100, 100 }) room.Send(new string('x', size - "message".Length));
        return room;
    }

    private static string Offsets(EntryPage page) => string.Join(' ', page.Entries.Select(entry => entry.Offset));

    /// <summary>A reader at offset 1 whose outbox has too much for the page behind it, and has been tried.</summary>
    private static async Task<(Room Room, TestReader Reader)> StalledAsync(Positioned format)
    {
        var hub = new Hub(new HubOptions { Outbox = { MaxBytes = 200 } });
        var room = hub.OpenRoom("lobby")!;
        room.State.Set("known", "v");
        for (var i = 2; i <= 3; i++) room.Send($"m{i}{new string('x', 30)}");
        var link = new TestLink { DrainsOnFlush = false };
        var peer = await hub.ComeAsync(room: null, link: link, encoder: format);
        peer.Peer.Send(new string('x', 130));
        var joined = await hub.JoinAsync(
            peer.Peer, new JoinRequest { Room = "lobby", Start = Start.After(new Position(room.Epoch, 1)), State = true });
        // The last that is made before it is tried.
        await Settling.UntilAsync(() => format.Marks > 0);
        return (room, new TestReader(peer.Peer, link, joined));
    }

    private static void Forget(Room room)
    {
        for (var i = 0; i <= KeyTable.MostRemovals; i++)
        {
            room.State.Set($"k{i}", "v");
            room.State.Remove($"k{i}");
        }
    }

    private static async Task<TestReader> JoinAsync(Hub hub, Positioned format, Start start)
    {
        var link = new TestLink();
        var peer = await hub.ComeAsync(room: null, link: link, encoder: format);
        return new TestReader(
            peer.Peer, link, await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby", Start = start, State = true }));
    }
}
