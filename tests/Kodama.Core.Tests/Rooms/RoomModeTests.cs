namespace Kodama.Core.Tests;

public class RoomModeTests
{
    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    public async Task Publish_ModeOfHubAndRoom_TheRoomsOwnDecides(bool hubEchoes, bool? roomEchoes, bool senderHears)
    {
        var hub = new Hub(new HubOptions { Echo = hubEchoes, Rooms = { ["lobby"] = new() { Echo = roomEchoes } } });
        var speaker = await hub.ComeAsync();
        var listener = await hub.ComeAsync();

        var result = await speaker.SayAsync("hello");

        Assert.Equal(senderHears ? ["hello"] : [], speaker.Received);
        Assert.Equal(["hello"], listener.Received);
        Assert.Equal(new PublishResult(1, senderHears ? 2 : 1), result with { Time = default });
        Assert.Equal(senderHears, speaker.Room.Echo);
    }

    [Fact]
    public async Task Publish_Binary_ReachesAsItIs()
    {
        var hub = new Hub();
        var speaker = await hub.ComeAsync();
        var listener = await hub.ComeAsync();

        await speaker.SayAsync(Payload.Of(new byte[] { 65, 66 }), "blob");

        Assert.Equal(["blob=AB"], listener.Received);
    }

    [Fact]
    public async Task Publish_PublisherWithoutAConnection_ReachesAllInIt()
    {
        var hub = new Hub();
        var listener = await hub.ComeAsync();

        var result = await hub.PublishAsync(
            new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain }, "lobby", "from afar", Message.DefaultEvent);

        Assert.Equal(new PublishResult(1, 1) { Epoch = listener.Room.Epoch }, result with { Time = default });
        Assert.Equal(["from afar"], listener.Received);
    }

    [Fact]
    public async Task Publish_PeerThatIsNotInTheRoom_IsRefused()
    {
        var hub = new Hub();
        var (listener, leaver) = (await hub.ComeAsync(), await hub.ComeAsync());
        var room = listener.Room;
        Hub.Leave(leaver.Peer, room);

        var result = await leaver.SayAsync("still here", room: room);

        Assert.Equal(RefusalCode.NotJoined, result.Code);
        Assert.Empty(listener.Received);
    }
}
