using System.Net;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, H4, H5.</summary>
public sealed class ChannelsTests
{
    [Fact]
    public async Task H4_Channels_AreTheOccupiedRooms_OfWhateverDoor()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "news");
        await using var spaces = await RawDoorClient.ConnectAsync(server.Url, "no%20channel");
        await Deadline.UntilAsync(() => server.Hub.Rooms.Count == 2);
        await client.JoinAsync("presence-x", "1");
        await server.TriggerAsync("kept", "e", "{}");

        var all = (await server.GetAsync("/apps/1/channels")).Body;
        Assert.Contains("\"news\":{}", all, StringComparison.Ordinal);
        Assert.Contains("\"presence-x\":{}", all, StringComparison.Ordinal);
        Assert.DoesNotContain("kept", all, StringComparison.Ordinal);
        Assert.DoesNotContain("no channel", all, StringComparison.Ordinal);
        Assert.Equal(
            """{"channels":{"presence-x":{"user_count":1}}}""",
            (await server.GetAsync("/apps/1/channels", "filter_by_prefix=presence-&info=user_count")).Body);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/apps/1/channels", "info=user_count")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/apps/1/channels", "info=colour")).Status);
    }

    [Fact]
    public async Task H4_Channel_IsDescribed()
    {
        await using var server = await PusherServer.StartAsync();
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();
        await one.JoinAsync("presence-x", "1");
        await two.JoinAsync("presence-x", "1");

        Assert.Equal("""{"occupied":false}""", (await server.GetAsync("/apps/1/channels/news")).Body);
        Assert.Equal(
            """{"occupied":true,"user_count":1,"subscription_count":2,"cache":null}""",
            (await server.GetAsync("/apps/1/channels/presence-x", "info=user_count,subscription_count,cache")).Body);
        Assert.Equal(
            """{"occupied":false,"user_count":0,"subscription_count":0}""",
            (await server.GetAsync("/apps/1/channels/presence-y", "info=user_count,subscription_count")).Body);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/apps/1/channels/news", "info=user_count")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/apps/1/channels/a b")).Status);
        Assert.Contains(
            "info should be a comma separated list of attributes",
            (await server.GetAsync("/apps/1/channels/news", "info=colour")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task H5_Users_AreThoseOfAPresenceChannel()
    {
        await using var server = await PusherServer.StartAsync();
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();
        await one.SubscribeAsync("presence-x", """{"user_id":7}""");
        await two.SubscribeAsync("presence-x", """{"user_id":"7"}""");

        Assert.Equal("""{"users":[{"id":"7"}]}""", (await server.GetAsync("/apps/1/channels/presence-x/users")).Body);
        Assert.Equal("""{"users":[]}""", (await server.GetAsync("/apps/1/channels/presence-y/users")).Body);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.GetAsync("/apps/1/channels/news/users")).Status);
    }
}
