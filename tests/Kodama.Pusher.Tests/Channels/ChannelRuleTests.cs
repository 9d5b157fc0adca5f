using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, A3 and A4: nobody comes into a closed room by another door.</summary>
public sealed class ChannelRuleTests
{
    private static readonly string Token = $"{PusherServer.Key}:{PusherServer.Hmac("room:private-x")}";

    [Theory]
    [InlineData("private-x")]
    [InlineData("presence-x")]
    [InlineData("private-encrypted-x")]
    [InlineData("private-cache-x")]
    public async Task A3_ClosedRoom_IsClosedToEveryOtherDoor(string room)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync(room, room.StartsWith("presence", StringComparison.Ordinal) ? """{"user_id":"1"}""" : null);
        if (room.Contains("cache", StringComparison.Ordinal)) await client.ExpectAsync("pusher:cache_miss");

        await using var raw = await RawDoorClient.ConnectAsync(server.Url, room);
        Assert.Null(await raw.ReadAsync());
        await using var guessing = await RawDoorClient.ConnectAsync(server.Url, room, $"kodama.token={Token}x");
        Assert.Null(await guessing.ReadAsync());
        using var text = new StringContent("hello");
        using var published = await server.Http.PostAsync(new Uri($"/api/rooms/{room}/messages", UriKind.Relative), text).Within();
        using var read = await server.Http.GetAsync(new Uri($"/api/rooms/{room}/messages", UriKind.Relative)).Within();
        using var stream = await server.Http.GetAsync(new Uri($"/api/rooms/{room}/events", UriKind.Relative)).Within();
        var rooms = await server.Http.GetStringAsync(new Uri("/api/rooms", UriKind.Relative)).Within();

        Assert.Equal(HttpStatusCode.Forbidden, published.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
        Assert.False(stream.IsSuccessStatusCode);
        Assert.DoesNotContain(room, rooms, StringComparison.Ordinal);
        Assert.Equal("v1 refused", await JoinByV1Async(server.Url, room, null));
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task A4_RoomToken_LetsOtherDoorsIn()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("private-x");

        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "private-x", $"kodama.token={Token}");
        await raw.SayAsync("by token");

        Assert.Equal("by token", (await client.ExpectAsync("message", "private-x")).Data);
        Assert.Equal("v1 joined", await JoinByV1Async(server.Url, "private-x", Token));
        Assert.Equal("v1 refused", await JoinByV1Async(server.Url, "private-y", Token));
    }

    [Fact]
    public async Task A4_SignatureForAConnection_IsNoRoomToken()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var auth = $"{PusherServer.Key}:{PusherServer.Hmac($"{client.SocketId}:private-x")}";

        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "private-x", $"kodama.token={auth}");

        Assert.Null(await raw.ReadAsync());
    }

    [Fact]
    public async Task A3_Program_SaysWhoElseComesIn()
    {
        await using var server = await PusherServer.StartAsync(options =>
            options.OtherDoors = (_, room) => room == "private-x" ? RoomRights.Read : RoomRights.None);
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "private-x");
        await Deadline.UntilAsync(() => server.Hub.FindRoom("private-x") is { PeerCount: 1 });

        await server.TriggerAsync("private-x", "message", "heard");

        Assert.Equal("heard", await raw.ReadAsync());
        await using var other = await RawDoorClient.ConnectAsync(server.Url, "private-y");
        Assert.Null(await other.ReadAsync());
    }

    [Fact]
    public async Task A3_PrefixOfAnApp_StandsBefore()
    {
        await using var server = await PusherServer.StartAsync(options => options.Apps[0].Prefix = "shop/");

        await using var closed = await RawDoorClient.ConnectAsync(server.Url, "shop%2Fprivate-x");
        Assert.Null(await closed.ReadAsync());
        await using var open = await RawDoorClient.ConnectAsync(server.Url, "private-x");
        await Deadline.UntilAsync(() => server.Hub.FindRoom("private-x") is { PeerCount: 1 });
    }

    [Fact]
    public async Task A3_Review_KeepsWhoIsAuthorized()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("private-x");

        await server.Hub.ReviewAsync("private-x").Within();

        await client.ExpectNothingAsync();
        Assert.Equal(1, server.Hub.FindRoom("private-x")!.PeerCount);
    }

    private static async Task<string> JoinByV1Async(Uri hub, string room, string? token)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("kodama.v1");
        await socket.ConnectAsync(new Uri($"ws://{hub.Authority}/ws"), CancellationToken.None).Within();
        await SendAsync("""{"type":"hello"}""");
        await SendAsync($$"""{"type":"join","n":1,"room":"{{room}}"{{(token is null ? "" : $",\"token\":\"{token}\"")}}}""");
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, CancellationToken.None).Within();
            var text = Encoding.UTF8.GetString(buffer, 0, read.Count);
            if (text.Contains("NOT_ALLOWED", StringComparison.Ordinal)) return "v1 refused";
            if (text.Contains("\"joined\"", StringComparison.Ordinal)) return "v1 joined";
            if (read.MessageType == WebSocketMessageType.Close || text.Contains("error", StringComparison.Ordinal)) return text;
        }

        Task SendAsync(string json) => socket.SendAsync(
            Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Within();
    }
}
