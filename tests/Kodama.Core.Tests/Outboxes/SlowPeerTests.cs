namespace Kodama.Core.Tests;

/// <summary>A peer that stops reading, or reads slowly, costs the others nothing.</summary>
public class SlowPeerTests
{
    private static readonly HubOptions Small = new() { Outbox = new() { MaxFrames = 10 } };

    [Fact]
    public async Task Publish_PeerThatNeverReads_IsDisconnectedAndTheOthersGetAll()
    {
        var hub = new Hub(Small);
        var speaker = await hub.ComeAsync();
        var listener = await hub.ComeAsync();
        var stuck = await hub.ComeAsync(link: new TestLink { DrainsOnFlush = false });

        for (var i = 0; i < 100; i++) await speaker.SayAsync($"{i}");

        Assert.Equal(CloseReason.TooSlow, await stuck.Link.Closed.WithDeadline());
        Assert.False(stuck.Peer.IsConnected);
        Assert.Equal(2, speaker.Room.PeerCount);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), listener.Received);
    }

    [Fact]
    public async Task Publish_ManyInOneBatchToAPeerThatIsFull_ClosesItOnce()
    {
        var hub = new Hub(Small);
        var speaker = await hub.ComeAsync();
        var stuck = await hub.ComeAsync(link: new TestLink { DrainsOnFlush = false });
        var batch = FlushBatch.Rent();

        for (var i = 0; i < 30; i++) await hub.PublishAsync(speaker.Peer, speaker.Room, $"{i}", Message.DefaultEvent, batch);
        Assert.Equal(10, stuck.Peer.Outbox.QueuedFrames);
        batch.Dispose();

        Assert.Equal(CloseReason.TooSlow, await stuck.Link.Closed.WithDeadline());
        Assert.Equal(10, stuck.Peer.MessagesOut);
    }

    [Fact]
    public async Task Publish_PeerThatNeverReadsInADropOldestRoom_StaysAndHasTheNewest()
    {
        var hub = new Hub(
            new HubOptions { Outbox = { MaxFrames = 10 }, Rooms = { ["lobby"] = new() { SlowPeers = SlowPeerPolicy.DropOldest } } });
        var speaker = await hub.ComeAsync();
        var listener = await hub.ComeAsync();
        var stuck = await hub.ComeAsync(link: new TestLink { DrainsOnFlush = false });

        for (var i = 0; i < 100; i++) await speaker.SayAsync($"{i}");
        stuck.Link.Drain();

        Assert.True(stuck.Peer.IsConnected);
        Assert.Equal(["0", .. Enumerable.Range(91, 9).Select(i => $"{i}")], stuck.Received);
        Assert.Equal(100, listener.Received.Count);
        Assert.Equal(90, hub.Counts.Dropped);
    }

    [Fact]
    public async Task Publish_PeerThatReadsSlowly_GetsAllInOrderInWholeFrames()
    {
        var hub = new Hub();
        var speaker = await hub.ComeAsync();
        var slow = await hub.ComeAsync(link: new TestLink { MaxSend = 3 });

        for (var i = 0; i < 200; i++) await speaker.SayAsync($"message {i}");

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"message {i}"), slow.Received);
        Assert.All(slow.Link.Sends, bytes => Assert.InRange(bytes, 1, 3));
    }

    [Fact]
    public async Task Publish_PolicyOfTheHub_HoldsWhereTheRoomHasNone()
    {
        var hub = new Hub(new HubOptions { Outbox = new() { MaxFrames = 2, SlowPeers = SlowPeerPolicy.DropOldest } });
        var speaker = await hub.ComeAsync();
        var stuck = await hub.ComeAsync(link: new TestLink { DrainsOnFlush = false });

        for (var i = 0; i < 10; i++) await speaker.SayAsync($"{i}");

        Assert.True(stuck.Peer.IsConnected);
        Assert.Equal(8, stuck.Peer.Outbox.Dropped);
    }

    [Fact]
    public async Task Publish_OneBatch_FlushesEachReceiverOnceAndLeavesInOneSend()
    {
        var hub = new Hub();
        var speaker = await hub.ComeAsync();
        var listener = await hub.ComeAsync();
        var before = listener.Link.Flushes;
        var batch = FlushBatch.Rent();

        for (var i = 0; i < 50; i++) await hub.PublishAsync(speaker.Peer, speaker.Room, "hello", Message.DefaultEvent, batch);
        Assert.Empty(listener.Received);
        batch.Dispose();

        Assert.Equal(before + 1, listener.Link.Flushes);
        Assert.Equal(50, listener.Received.Count);
        Assert.InRange(listener.Link.Sends.Count, 1, 2); // two, when the thread's chunk of memory ended meanwhile
    }
}
