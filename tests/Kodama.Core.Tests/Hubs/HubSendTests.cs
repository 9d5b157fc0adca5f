namespace Kodama.Core.Tests;

public class HubSendTests
{
    [Fact]
    public async Task Send_ToAllButSome_ReachesTheOthersInEveryRoomAndNone()
    {
        var hub = new Hub();
        var (red, blue, alone, left) = (await hub.ComeAsync("red"), await hub.ComeAsync("blue"), await hub.ComeAsync(room: null), await hub.ComeAsync());

        Assert.Equal(3, hub.Send("hello", "news", except: [left.Peer]));

        Assert.All([red, blue, alone], peer => Assert.Equal(["news=hello"], peer.Received));
        Assert.Empty(left.Received);
        Assert.Equal(0, red.Room.Offset);
    }

    [Fact]
    public async Task Send_ToARoomButSome_HasItsPlaceInTheOrder()
    {
        var hub = new Hub();
        var (first, second) = (await hub.ComeAsync(), await hub.ComeAsync());

        Assert.Equal(new PublishResult(1, 1), first.Room.Send("hello", except: [second.Peer]));
        Assert.Equal(new PublishResult(2, 2), first.Room.Send("all"));

        Assert.Equal(["hello", "all"], first.Received);
        Assert.Equal(["all"], second.Received);
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
        var rules = new HubRules().OnDisconnected((peer, _) => peer.Hub.FindRoom("lobby")!.Send("somebody left"));
        var hub = new Hub(new HubOptions { Outbox = new() { MaxFrames = 1 } }, rules);
        var listener = await hub.ComeAsync();
        await hub.ComeAsync(link: new TestLink { DrainsOnFlush = false });

        listener.Room.Send("1");
        listener.Room.Send("2");

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
