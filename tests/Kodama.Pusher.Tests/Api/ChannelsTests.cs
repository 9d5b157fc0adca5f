using System.Text.Json;
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

    [Fact]
    public async Task H4_ManyOccupiedChannels_AreListed_AndLeaveTheOthersAlone()
    {
        const int Channels = 100_000;
        const int Each = 1000;
        await using var server = await PusherServer.StartAsync(
            options => options.Apps[0].Webhooks.Add(new PusherWebhook { Url = new Uri("http://127.0.0.1:1/") }),
            hub =>
            {
                hub.MaxRoomsPerPeer = Each;
                hub.Log.MaxRooms = 2 * Channels;
            });
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        List<PusherClient> crowd = [];
        for (var first = 0; first < Channels; first += Each)
        {
            crowd.Add(await server.ConnectAsync());
            var peer = server.Hub.Peers.Single(static peer => peer.Rooms.Count == 0);
            for (var i = first; i < first + Each; i++) Assert.Equal(JoinResult.Joined, server.Hub.Join(peer, $"c{i:00000}"));
        }

        var all = JsonElement.Parse((await server.GetAsync("/apps/1/channels")).Body).GetProperty("channels");
        Assert.Equal(Channels + 1, all.EnumerateObject().Count());
        var some = await server.GetAsync("/apps/1/channels", "filter_by_prefix=c0012&info=subscription_count");
        var found = JsonElement.Parse(some.Body).GetProperty("channels").EnumerateObject().ToList();
        Assert.Equal(10, found.Count);
        Assert.All(found, channel => Assert.Equal(1, channel.Value.GetProperty("subscription_count").GetInt32()));

        await server.TriggerAsync("news", "e", "{}");
        await client.ExpectAsync("e", "news");
        await client.ExpectNothingAsync();
        Assert.InRange(server.Waiting, 1, 10_000);
        foreach (var one in crowd) await one.DisposeAsync();
        await Deadline.UntilAsync(() => server.Hub.Rooms.Count == 1);
    }
}
