namespace Kodama.Core.Tests;

/// <summary>Who is not in a room does not speak there.</summary>
public class MembershipTests
{
    [Fact]
    public async Task Publish_OfAPeerThatHasLeft_IsRefused()
    {
        var hub = new Hub();
        var (speaker, listener) = (await hub.ComeAsync(), await hub.ComeAsync());
        var room = speaker.Room;
        Hub.Leave(speaker.Peer, room);

        var result = await speaker.SayAsync("still here", room: room);

        Assert.Equal(PublishResult.Refused(RefusalCode.NotJoined, "The peer is not in room lobby: join it first."), result);
        Assert.Empty(listener.Received);
        Assert.Equal((0, 0), (hub.Counts.MessagesIn, hub.Counts.Dropped));
    }

    [Fact]
    public async Task Publish_ToARoomThatThePeerNeverJoined_AsksNoFilter()
    {
        var asked = 0;
        var hub = new Hub(rules: new HubRules().Filter(_ =>
        {
            asked++;
            return FilterResult.Pass;
        }));
        var (speaker, listener) = (await hub.ComeAsync(), await hub.ComeAsync("tea"));

        Assert.NotNull((await speaker.SayAsync("hello", room: listener.Room)).Refusal);

        Assert.Empty(listener.Received);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Publish_OfAClientOfADoorWithoutConnections_NeedsNoMembership()
    {
        var hub = new Hub();
        var listener = await hub.ComeAsync();

        var publisher = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain };
        var result = await hub.PublishAsync(publisher, listener.Room.Name, "hello", Message.DefaultEvent);

        Assert.Equal(new PublishResult(1, 1) { Epoch = listener.Room.Epoch }, result with { Time = default });
        Assert.Equal(["hello"], listener.Received);
    }
}
