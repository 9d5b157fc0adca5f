using System.Net;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, Users.</summary>
public sealed class UserTests
{
    [Fact]
    public async Task U1_SignIn_IsAnswered_Once()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        var answer = await client.SignInAsync("""{"id":"yui","name":"Yui \"é\""}""");

        Assert.Equal("""{"id":"yui","name":"Yui \"é\""}""", answer.DataJson.GetProperty("user_data").GetString());
        await client.SendAsync("""{"event":"pusher:signin","data":{"auth":"x","user_data":"{}"}}""");
        await client.ExpectAsync("pusher:error");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":null}""")]
    [InlineData("yui")]
    public async Task U1_DataWithoutAnId_AreRefused(string data)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var auth = $"{PusherServer.Key}:{PusherServer.Hmac($"{client.SocketId}::user::{data}")}";

        await client.SendAsync($$$"""{"event":"pusher:signin","data":{"auth":"{{{auth}}}","user_data":{{{PusherServer.Json(data)}}}}}""");

        Assert.Equal(4009, (await client.ExpectAsync("pusher:error")).DataJson.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task U1_SignatureOfAChannel_IsNotOneOfAUser()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var auth = $"{PusherServer.Key}:{PusherServer.Hmac(client.SocketId + ":private-x")}";

        await client.SendAsync($$$"""{"event":"pusher:signin","data":{"auth":"{{{auth}}}","user_data":"{\"id\":\"1\"}"}}""");

        await client.ExpectAsync("pusher:error");
    }

    [Fact]
    public async Task U2_UsersEvents_ComeFromTheSignInOn_ToAllConnections_AndToNobodyElse()
    {
        await using var server = await PusherServer.StartAsync();
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await one.SignInAsync("""{"id":"yui"}""");
        await two.SignInAsync("""{"id":"yui"}""");
        await other.SignInAsync("""{"id":"kei"}""");
        await two.SendAsync("""{"event":"pusher:subscribe","data":{"channel":"#server-to-user-yui","auth":""}}""");
        await two.ExpectAsync("pusher_internal:subscription_succeeded", "#server-to-user-yui");

        Assert.Equal(HttpStatusCode.OK, (await server.TriggerAsync("#server-to-user-yui", "hello", """{"a":"é"}""")).Status);

        Assert.Equal("""{"event":"hello","channel":"#server-to-user-yui","data":"{\"a\":\"é\"}"}""", await one.ReadTextAsync());
        Assert.Equal("""{"a":"é"}""", (await two.ExpectAsync("hello", "#server-to-user-yui")).Data);
        await other.ExpectNothingAsync();
        Assert.Empty(server.Hub.Rooms);
    }

    [Theory]
    [InlineData("#server-to-user-kei")]
    [InlineData("#server-to-user-")]
    [InlineData("#other")]
    public async Task U2_OtherNames_AreRefused(string channel)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SignInAsync("""{"id":"yui"}""");

        await client.AskAsync(channel);

        await client.ExpectAsync("pusher:error");
        await client.ExpectAsync("pusher:subscription_error", channel);
    }

    [Fact]
    public async Task U2_RoomOfThatName_IsAnotherThing()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SignInAsync("""{"id":"yui"}""");
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "%23server-to-user-yui");
        await Deadline.UntilAsync(() => server.Hub.Rooms.Count == 1);

        await raw.SayAsync("spoofed");
        await server.TriggerAsync("#server-to-user-yui", "hello", "{}");

        await client.ExpectAsync("hello");
    }

    [Fact]
    public async Task U3_Watchlist_TellsWhoComesAndGoes()
    {
        await using var server = await PusherServer.StartAsync();
        await using var kei = await server.ConnectAsync();
        await kei.SignInAsync("""{"id":"kei"}""");
        await using var yui = await server.ConnectAsync();

        await yui.SignInAsync("""{"id":"yui","watchlist":["kei","aoi","kei"]}""");
        Assert.Equal(
            """{"events":[{"name":"online","user_ids":["kei"]},{"name":"offline","user_ids":["aoi"]}]}""",
            (await yui.ExpectAsync("pusher_internal:watchlist_events")).Data);
        var first = await server.ConnectAsync();
        await first.SignInAsync("""{"id":"aoi"}""");
        Assert.Equal(
            """{"events":[{"name":"online","user_ids":["aoi"]}]}""", (await yui.ExpectAsync("pusher_internal:watchlist_events")).Data);
        var second = await server.ConnectAsync();
        await second.SignInAsync("""{"id":"aoi"}""");
        await first.DisposeAsync();
        await Deadline.UntilAsync(() => server.Hub.PeerCount == 3);
        second.Abort();
        Assert.Equal(
            """{"events":[{"name":"offline","user_ids":["aoi"]}]}""", (await yui.ExpectAsync("pusher_internal:watchlist_events")).Data);
        await yui.ExpectNothingAsync();
    }

    [Fact]
    public async Task U3_MoreThan100_SignInAndWatchNobody()
    {
        await using var server = await PusherServer.StartAsync();
        await using var kei = await server.ConnectAsync();
        await using var yui = await server.ConnectAsync();
        var list = string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"{i}\""));

        await yui.SignInAsync($$"""{"id":"yui","watchlist":[{{list}}]}""");

        Assert.Equal(4302, (await yui.ExpectAsync("pusher:error")).DataJson.GetProperty("code").GetInt32());
        await kei.SignInAsync("""{"id":"5"}""");
        await yui.ExpectNothingAsync();
    }

    [Fact]
    public async Task H5_TerminateConnections_EndsThoseOfTheUser()
    {
        await using var server = await PusherServer.StartAsync();
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();
        await one.SignInAsync("""{"id":"yui é"}""");
        await two.SignInAsync("""{"id":"kei"}""");

        var answer = await server.PostAsync("/apps/1/users/yui é/terminate_connections", "{}");

        Assert.Equal((HttpStatusCode.OK, "{}"), (answer.Status, answer.Body));
        Assert.Null(await one.ReadAsync());
        Assert.Equal(4009, one.CloseCode);
        await two.ExpectNothingAsync();
    }
}
