using System.Globalization;
using Kodama.Testing;

namespace Kodama.Core.Tests;

public class RoomListenTests
{
    [Fact]
    public async Task Listen_FromAStart_GetsWhatIsKeptAndThenWhatHappens()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        for (var i = 1; i <= 3; i++) await yui.SayAsync($"m{i}");

        await using var pages = yui.Room.ListenAsync(Start.Last(2)).GetAsyncEnumerator();
        var before = await NextAsync(pages);
        var next = pages.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        yui.Room.State.Set("topic", "tea");
        Assert.True(await next.WithDeadline());

        Assert.Equal(["m2", "m3"], before.Entries.Select(entry => entry.Payload.ToString()));
        Assert.Equal(new Position(yui.Room.Epoch, 3), before.UpTo);
        Assert.Equal((EntryKind.State, 4L), (pages.Current.Entries.Single().Kind, pages.Current.UpTo.Offset));
    }

    [Fact]
    public async Task Listen_WhilePeersPublish_GetsEveryEntryOnceInOrder()
    {
        const int Senders = 4;
        const int Messages = 2_000;
        var hub = new Hub(new HubOptions { Log = { Messages = Senders * Messages } });
        var peers = new List<TestPeer>();
        for (var i = 0; i < Senders; i++) peers.Add(await hub.ComeAsync(link: new TestLink { Discards = true }));
        var room = peers[0].Room;

        var listening = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var last = 0L;
            await foreach (var page in room.ListenAsync(Start.After(new Position(room.Epoch, 0))))
            {
                Assert.False(page.IsGap);
                foreach (var entry in page.Entries) Assert.Equal(++last, entry.Offset);
                Assert.Equal(last, page.UpTo.Offset);
                if (last == Senders * Messages) break;
            }
            return last;
        })).ToList();
        await Task.WhenAll(peers.Select(peer => Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++) await peer.SayAsync("x");
        }))).WithDeadline();

        foreach (var heard in listening) Assert.Equal(Senders * Messages, await heard.WithDeadline());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public async Task Listen_ThatRetentionOvertakes_IsToldAGapAndGoesOn(int kept)
    {
        var hub = new Hub(new HubOptions { Log = { Messages = kept } });
        var yui = await hub.ComeAsync();
        await using var pages = yui.Room.ListenAsync().GetAsyncEnumerator();
        var first = pages.MoveNextAsync().AsTask();
        await yui.SayAsync("m1");
        Assert.True(await first.WithDeadline());

        for (var i = 2; i <= 6; i++) await yui.SayAsync($"m{i}");
        var page = await NextAsync(pages);

        Assert.True(page.IsGap);
        Assert.Equal(Enumerable.Range(7 - kept, kept).Select(i => i.ToString("'m'0", CultureInfo.InvariantCulture)), page.Entries.Select(
            e => e.Payload.ToString()));
        Assert.Equal(6, page.UpTo.Offset);
    }

    [Theory]
    [InlineData("other", 1)]
    [InlineData(null, 7)]
    public async Task Listen_AfterAPositionThatIsNowhere_BeginsWithAGapAtTheOldest(string? epoch, long offset)
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        await yui.SayAsync("m1");

        await using var pages = yui.Room.ListenAsync(Start.After(new Position(epoch ?? yui.Room.Epoch, offset))).GetAsyncEnumerator();
        var page = await NextAsync(pages);

        Assert.True(page.IsGap);
        Assert.Equal("m1", page.Entries.Single().Payload.ToString());
    }

    [Fact]
    public async Task Listen_ByTheRoomsName_MakesTheRoomAndKeepsItMeanwhile()
    {
        var time = new FakeClock();
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } }, time: time);
        using var stop = new CancellationTokenSource();
        var pages = hub.ListenAsync("tea", cancellationToken: stop.Token).GetAsyncEnumerator();
        var first = pages.MoveNextAsync().AsTask();

        time.Advance(TimeSpan.FromSeconds(5));
        var guest = await hub.ComeAsync("tea");
        guest.Go();
        Assert.NotNull(hub.FindRoom("tea"));
        hub.FindRoom("tea")!.Send("hello");
        Assert.True(await first.WithDeadline());
        Assert.Equal("hello", pages.Current.Entries.Single().Payload.ToString());

        var next = pages.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WithDeadline());
        await pages.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(hub.FindRoom("tea"));
    }

    [Fact]
    public async Task Listen_ToARoomThatHasVanished_Ends()
    {
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } });
        var guest = await hub.ComeAsync("tea");
        var room = guest.Room;
        guest.Go();

        await using var pages = room.ListenAsync().GetAsyncEnumerator();

        Assert.False(await pages.MoveNextAsync().AsTask().WithDeadline());
    }

    private static async Task<EntryPage> NextAsync(IAsyncEnumerator<EntryPage> pages)
    {
        Assert.True(await pages.MoveNextAsync().AsTask().WithDeadline());
        return pages.Current;
    }
}
