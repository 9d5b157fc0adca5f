namespace Kodama.Core.Tests;

public class HubSendTests
{
    [Fact]
    public async Task Send_ToAllButSome_ReachesTheOthersInEveryRoomAndNone()
    {
        var hub = new Hub();
        var (red, blue, alone, left) = (
            await hub.ComeAsync("red"), await hub.ComeAsync("blue"), await hub.ComeAsync(room: null), await hub.ComeAsync());

        Assert.Equal(3, hub.Send("news", "hello", except: [left.Peer]));

        Assert.All([red, blue, alone], peer => Assert.Equal(["news=hello"], peer.Received));
        Assert.Empty(left.Received);
        Assert.Equal(0, red.Room.Offset);
    }

    [Fact]
    public async Task Send_OfAPeerToAnother_PassesTheFiltersAndReachesItAlone()
    {
        var rules = new HubRules().BanWords(["bad"]);
        var hub = new Hub(rules: rules);
        var (yui, ren, other) = (await hub.ComeAsync(), await hub.ComeAsync(), await hub.ComeAsync());
        using var batch = FlushBatch.Rent();

        Assert.Equal(1, (await hub.SendAsync(yui.Peer, ren.Peer.Id, "psst", "message", batch)).Receivers);
        Assert.Equal(RefusalCode.MessageRefused, (await hub.SendAsync(yui.Peer, ren.Peer.Id, "bad", "message", batch)).Code);
        Assert.Equal(RefusalCode.PeerGone, (await hub.SendAsync(yui.Peer, "nobody", "psst", "message", batch)).Code);
        batch.Flush();

        Assert.Equal(["psst"], ren.Received);
        Assert.Empty(other.Received);
        Assert.Equal(3, yui.Peer.MessagesIn);
    }

    [Fact]
    public async Task Send_OfAPeerToOneThatIsInNoRoomOfIts_IsNotAllowed()
    {
        var hub = new Hub();
        var (yui, ren, alone) = (await hub.ComeAsync("red"), await hub.ComeAsync("blue"), await hub.ComeAsync(room: null));

        Assert.Equal(RefusalCode.NotAllowed, (await SendAsync(yui, ren)).Code);
        Assert.Equal(RefusalCode.NotAllowed, (await SendAsync(yui, alone)).Code);
        // What is refused is told to its sender: only what was taken can be dropped.
        Assert.Equal(0, yui.Peer.Hub.Counts.Dropped);
        Assert.Equal(RefusalCode.NotAllowed, (await SendAsync(alone, ren)).Code);
        hub.Join(yui.Peer, "blue");
        Assert.Equal(1, (await SendAsync(yui, ren)).Receivers);

        Assert.Equal(["psst"], ren.Received);
        Assert.Empty(alone.Received);
    }

    [Fact]
    public async Task Send_OfAPeerThatMayOnlyRead_IsNotAllowed()
    {
        var hub = new Hub(rules: new HubRules().Room("lobby", peer => peer.Details.ContainsKey("mute") ? RoomRights.Read : RoomRights.All));
        var (mute, ren) = (await hub.ComeAsync(room: null, details: [("mute", "1")]), await hub.ComeAsync(room: null));
        foreach (var peer in new[] { mute, ren }) await hub.JoinAsync(peer.Peer, new JoinRequest { Room = "lobby" });

        Assert.Equal(RefusalCode.NotAllowed, (await SendAsync(mute, ren)).Code);
        Assert.Equal(1, (await SendAsync(ren, mute)).Receivers);
        Assert.Empty(ren.Received);
    }

    [Fact]
    public async Task Send_OfAPeerThatLeavesWhileTheFiltersAreAsked_IsNotAllowed()
    {
        var asked = new TaskCompletionSource<FilterResult>();
        var hub = new Hub(rules: new HubRules().Filter((_, _) => new(asked.Task)));
        var (yui, ren) = (await hub.ComeAsync(), await hub.ComeAsync());

        var sending = SendAsync(yui, ren);
        Hub.Leave(yui.Peer, yui.Room);
        asked.SetResult(FilterResult.Pass);

        Assert.Equal(RefusalCode.NotAllowed, (await sending.WithDeadline()).Code);
        Assert.Empty(ren.Received);
    }

    [Fact]
    public async Task Send_ToARoomButSome_HasItsPlaceInTheOrder()
    {
        var hub = new Hub();
        var (first, second) = (await hub.ComeAsync(), await hub.ComeAsync());

        Assert.Equal(new PublishResult(1, 1), first.Room.Send("hello", except: [second.Peer]) with { Time = default });
        Assert.Equal(new PublishResult(2, 2), first.Room.Send("all") with { Time = default });

        Assert.Equal(["hello", "all"], first.Received);
        Assert.Equal(["all"], second.Received);
    }

    [Fact]
    public async Task Send_WithAnExceptThatThrows_LeavesNobodyAsleep()
    {
        var hub = new Hub();
        var peer = await hub.ComeAsync();

        Assert.Throws<InvalidOperationException>(() => peer.Room.Send("never", except: new Throwing()));
        Assert.Throws<InvalidOperationException>(() => hub.Send("never", except: new Throwing()));
        peer.Room.Send("first");

        Assert.Equal(["first"], peer.Received);
        Assert.Equal(1, peer.Room.Offset);
    }

    [Fact]
    public async Task Publish_OfMuchInOneRead_DoesNotWaitForItsEnd()
    {
        var hub = new Hub();
        var (sender, receiver) = (await hub.ComeAsync(), await hub.ComeAsync());
        using var batch = FlushBatch.Rent();

        for (var i = 0; i < 3; i++)
            await hub.PublishAsync(sender.Peer, sender.Room, new string('x', 30 * 1024), Message.DefaultEvent, batch);

        Assert.Equal(3, receiver.Received.Count);
    }

    [Theory]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(2999)]
    public async Task Goodbye_WithACodeThatNoFrameCarries_IsRefusedAndChangesNothing(int code)
    {
        var hub = new Hub();
        var peer = await hub.ComeAsync();
        var reason = new CloseReason((ushort)code, "");

        Assert.Throws<ArgumentOutOfRangeException>(() => peer.Peer.Disconnect(reason));
        Assert.Throws<ArgumentOutOfRangeException>(() => hub.Stop(reason));

        Assert.True(peer.Peer.IsConnected);
        Assert.False(hub.IsStopping);
    }

    [Fact]
    public async Task Disconnected_OfAPeerThatGoes_IsCancelled()
    {
        var hub = new Hub();
        var (asked, late) = (await hub.ComeAsync(), await hub.ComeAsync());
        var token = asked.Peer.Disconnected;
        Assert.False(token.IsCancellationRequested);

        asked.Peer.Disconnect();
        late.Peer.Disconnect();

        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WithDeadline();
        Assert.True(late.Peer.Disconnected.IsCancellationRequested);
    }

    private static async Task<PublishResult> SendAsync(TestPeer from, TestPeer to)
    {
        var batch = FlushBatch.Rent();
        var result = await from.Peer.Hub.SendAsync(from.Peer, to.Peer.Id, "psst", Message.DefaultEvent, batch);
        batch.Dispose();
        return result;
    }

    private sealed class Throwing : IReadOnlyCollection<Peer>
    {
        public int Count => 1;

        public IEnumerator<Peer> GetEnumerator() => throw new InvalidOperationException("the caller's fault");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    [Fact]
    public async Task Send_ToOnePeer_ReachesIt()
    {
        var hub = new Hub();
        var (first, second) = (await hub.ComeAsync(), await hub.ComeAsync());

        Assert.True(first.Peer.Send("for you"));

        Assert.Equal(["for you"], first.Received);
        Assert.Empty(second.Received);
    }

    [Fact]
    public async Task Send_InTheConnectedEvent_IsTheFirstThatThePeerGets()
    {
        var hub = new Hub(rules: new HubRules().OnConnected(peer => peer.Send("welcome")));

        var guest = await hub.ComeAsync();
        guest.Room.Send("room");

        Assert.Equal(["welcome", "room"], guest.Received);
    }

    [Fact]
    public async Task Send_InTheDisconnectedEventOfAPeerThatWasTooSlow_ReachesTheOthers()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rules = new HubRules()
            .OnDisconnected((peer, _) => peer.Hub.FindRoom("lobby")!.Send("somebody left"))
            .OnDisconnected((_, _) => told.SetResult());
        var hub = new Hub(new HubOptions { Outbox = new() { MaxFrames = 1 } }, rules);
        var listener = await hub.ComeAsync();
        await hub.ComeAsync(link: new TestLink { DrainsOnFlush = false });

        listener.Room.Send("1");
        listener.Room.Send("2");
        await told.Task.WithDeadline();

        Assert.Equal(["1", "2", "somebody left"], listener.Received);
    }

    [Fact]
    public async Task Send_ToAll_EncodesOncePerFormat()
    {
        var hub = new Hub();
        var encoder = new LengthPrefixed();
        for (var i = 0; i < 5; i++) await hub.ComeAsync(encoder: encoder);

        hub.Send("hello");

        Assert.Equal(1, encoder.Encoded);
    }
}
