namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, Client events.</summary>
public sealed class ClientEventTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E1_R6_ClientEvent_IsHeardByTheOthers_AndNotByWhoSaidIt(bool echoes)
    {
        await using var server = await PusherServer.StartAsync(hub: options => options.Echo = echoes);
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();
        await one.SubscribeAsync("private-x");
        await two.SubscribeAsync("private-x");

        await one.SendAsync("""{"event":"client-move","channel":"private-x","data":{"x": 1,"s":"é"}}""");
        Assert.Equal("""{"event":"client-move","channel":"private-x","data":"{\"x\": 1,\"s\":\"é\"}"}""", await two.ReadTextAsync());
        await one.SendAsync("""{"event":"client-text","channel":"private-x","data":"two words"}""");
        Assert.Equal("two words", (await two.ExpectAsync("client-text")).Data);
        await one.SendAsync("""{"event":"client-none","channel":"private-x"}""");
        Assert.Equal("null", (await two.ExpectAsync("client-none")).Data);
        await one.ExpectNothingAsync();
    }

    [Fact]
    public async Task E2_OnPresence_TheSendersUserIsTold_AndNobodyElseSaysSo()
    {
        await using var server = await PusherServer.StartAsync();
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();
        await one.SubscribeAsync("presence-x", """{"user_id":5}""");
        await two.JoinAsync("presence-x", "2");
        await one.ExpectAsync("pusher_internal:member_added");

        await two.SendAsync("""{"event":"client-a","channel":"presence-x","data":{},"user_id":"forged"}""");
        await one.SendAsync("""{"event":"client-b","channel":"presence-x","data":{}}""");

        Assert.Equal("2", (await one.ExpectAsync("client-a")).UserId);
        Assert.Equal("5", (await two.ExpectAsync("client-b")).UserId);
        // Another connection's way: what came by a socket is only before it once it has been heard.
        await server.TriggerAsync("presence-x", "client-c", "{}");
        Assert.Null((await two.ExpectAsync("client-c")).UserId);
    }

    [Theory]
    [InlineData("""{"event":"client-x","channel":"news","data":{}}""")]
    [InlineData("""{"event":"client-x","channel":"private-other","data":{}}""")]
    [InlineData("""{"event":"client-x","data":{}}""")]
    public async Task E1_WhereItMayNotSpeak_ItIsToldSo(string text)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "news");

        await client.SendAsync(text);

        await client.ExpectAsync("pusher:error");
        Assert.Equal(0, server.Hub.FindRoom("news")!.Offset);
    }

    [Fact]
    public async Task E1_AppThatSaysNo_IsHeeded()
    {
        await using var server = await PusherServer.StartAsync(options => options.Apps[0].ClientEvents = false);
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("private-x");

        await client.SendAsync("""{"event":"client-x","channel":"private-x","data":{}}""");

        Assert.Equal("private-x", (await client.ExpectAsync("pusher:error")).Channel);
    }

    [Fact]
    public async Task E1_MoreThanTenASecond_AreRefused_AndTheNextSecondIsNew()
    {
        var clock = new FakeClock();
        await using var server = await PusherServer.StartAsync(time: clock);
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("private-x");

        for (var i = 0; i < 12; i++) await client.SendAsync("""{"event":"client-x","channel":"private-x","data":{}}""");
        for (var i = 0; i < 2; i++)
        {
            var error = await client.ExpectAsync("pusher:error", "private-x");
            Assert.Equal(4301, error.DataJson.GetProperty("code").GetInt32());
        }
        await client.ExpectNothingAsync();
        Assert.Equal(10, server.Hub.FindRoom("private-x")!.Offset);
        clock.Advance(TimeSpan.FromSeconds(1));
        await client.SendAsync("""{"event":"client-x","channel":"private-x","data":{}}""");
        await client.ExpectNothingAsync();
        Assert.Equal(11, server.Hub.FindRoom("private-x")!.Offset);
    }

    [Fact]
    public async Task E1_Sizes_AreBounded()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("private-x");

        await client.SendAsync($$"""{"event":"client-x","channel":"private-x","data":"{{new string('x', 10 * 1024)}}"}""");
        await client.ExpectAsync("pusher:error", "private-x");
        await client.SendAsync($$"""{"event":"client-{{new string('x', 200)}}","channel":"private-x","data":5}""");
        await client.ExpectAsync("pusher:error", "private-x");
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task E1_RulesOfTheHub_SilenceItToo()
    {
        await using var server = await PusherServer.StartAsync(hub: options =>
        {
            options.Rules.Room("private-x", RoomRights.Read);
            options.Rules.Filter(message => !message.Payload.ToString().Contains("bad", StringComparison.Ordinal), "No such words.");
        });
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("private-x");
        await client.SubscribeAsync("private-y");

        await client.SendAsync("""{"event":"client-x","channel":"private-x","data":{}}""");
        await client.ExpectAsync("pusher:error", "private-x");
        await client.SendAsync("""{"event":"client-x","channel":"private-y","data":"bad"}""");
        Assert.Equal("No such words.", (await client.ExpectAsync("pusher:error", "private-y")).DataJson.GetProperty("message").GetString());
    }

    [Fact]
    public async Task E3_ItIsAMessageOfTheRoom()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("private-x");

        await client.SendAsync("""{"event":"client-x","channel":"private-x","data":{"a":1}}""");
        await client.ExpectNothingAsync();

        var page = await server.Hub.FindRoom("private-x")!.ReadMessagesAsync(0).Within();
        Assert.Equal(("client-x", """[{"a":1}]"""), (page.Entries.Single().Event, page.Entries.Single().Text));
    }
}
