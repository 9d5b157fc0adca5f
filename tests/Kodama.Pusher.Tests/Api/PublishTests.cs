using System.Net;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, H2, H3, H6.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task H2_Event_ReachesAllItsChannels()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("a");
        await client.SubscribeAsync("b");

        var answer = await server.PostAsync("/apps/1/events", """{"name":"e","channels":["a","b"],"data":"{}"}""");

        Assert.Equal((HttpStatusCode.OK, "{}"), (answer.Status, answer.Body));
        await client.ExpectAsync("e", "a");
        await client.ExpectAsync("e", "b");
    }

    [Fact]
    public async Task H3_Data_ArePassedOnVerbatim()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        foreach (var data in new[]
        {
            """{ "a" : 1.0e2, "é": "\u00e9\/" }""", "plain", "", " 5 ", "\"quoted\"", "[1,2]", "{not json", "null", "😀\u2028\u007f\t\n",
            new string('[', 200) + new string(']', 200), """{"half":"\ud800"}""",
        })
        {
            Assert.Equal(HttpStatusCode.OK, (await server.TriggerAsync("news", "e", data)).Status);
            Assert.Equal(data, (await client.ExpectAsync("e", "news")).Data);
            Assert.Equal(HttpStatusCode.OK, (await server.TriggerAsync("news", "message", data)).Status);
            Assert.Equal(data, (await client.ExpectAsync("message", "news")).Data);
        }
    }

    [Fact]
    public async Task C7_WhatLeaves_IsWhatJsonStringifyWrites()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");

        await server.TriggerAsync("news", "e<é>", "<>&'+`é😀\u2028\u007f\u0001\b\f\n\r\t\"\\/");

        Assert.Equal(
            """{"event":"e<é>","channel":"news","data":"<>&'+`é😀"""
                + "\u2028\u007f"
                + """\u0001\b\f\n\r\t\"\\/"}""",
            await client.ReadTextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task H3_SocketId_IsLeftOut_AndKeptForEverybody(bool echoes)
    {
        await using var server = await PusherServer.StartAsync(hub: options => options.Echo = echoes);
        await using var one = await server.ConnectAsync();
        await using var two = await server.ConnectAsync();
        await one.SubscribeAsync("news");
        await two.SubscribeAsync("news");

        await server.TriggerAsync("news", "e", "{}", one.SocketId);
        await server.TriggerAsync("news", "f", "{}", "1.1");
        await server.TriggerAsync("news", "g", "{}", "99999999999999999999.1");

        await two.ExpectAsync("e");
        await two.ExpectAsync("f");
        await two.ExpectAsync("g");
        await one.ExpectAsync("f");
        await one.ExpectAsync("g");
        var page = await server.Hub.FindRoom("news")!.ReadMessagesAsync(0).Within();
        Assert.Equal(["e", "f", "g"], page.Entries.Select(entry => entry.Event));
    }

    [Theory]
    [InlineData("""{"name":"e","channel":"news","data":"{}"} x""", 400)]
    [InlineData("x", 400)]
    [InlineData("[]", 400)]
    [InlineData("{}", 400)]
    [InlineData("""{"channel":"news","data":"{}"}""", 400)]
    [InlineData("""{"name":"","channel":"news","data":"{}"}""", 400)]
    [InlineData("""{"name":"e","data":"{}"}""", 400)]
    [InlineData("""{"name":"e","channels":[],"data":"{}"}""", 400)]
    [InlineData("""{"name":"e","channels":[5],"data":"{}"}""", 400)]
    [InlineData("""{"name":"e","channels":["news","a b"],"data":"{}"}""", 400)]
    [InlineData("""{"name":"e","channel":"#server-to-user-","data":"{}"}""", 400)]
    [InlineData("""{"name":"e","channel":"news"}""", 400)]
    [InlineData("""{"name":"e","channel":"news","data":"\ud800"}""", 400)]
    [InlineData("""{"name":"pusher:error","channel":"news","data":"{}"}""", 400)]
    [InlineData("""{"name":"pusher_internal:x","channel":"news","data":"{}"}""", 400)]
    [InlineData("""{"name":"e","channel":"news","data":"{}","socket_id":"1"}""", 400)]
    [InlineData("""{"name":"e","channel":"news","data":"{}","socket_id":"1.2.3"}""", 400)]
    [InlineData("""{"name":"e","channel":"news","data":"{}","info":"user_count,colour"}""", 400)]
    public async Task H2_WhatIsNoEvent_IsRefused_AndGoesNowhere(string body, int status)
    {
        await using var server = await PusherServer.StartAsync();

        var answer = await server.PostAsync("/apps/1/events", body);

        Assert.Equal(status, (int)answer.Status);
        Assert.NotEmpty(answer.Body);
        Assert.Empty(server.Hub.Rooms);
    }

    [Fact]
    public async Task H2_H3_Sizes_AreBounded()
    {
        await using var server = await PusherServer.StartAsync();
        string Channels(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"c{i}\""));

        Assert.Equal(200, (int)(await server.TriggerAsync("news", "e", new string('x', 10 * 1024))).Status);
        Assert.Equal(413, (int)(await server.TriggerAsync("news", "e", new string('x', (10 * 1024) + 1))).Status);
        Assert.Equal(413, (int)(await server.TriggerAsync("news", "e", new string('x', 2 * 1024 * 1024))).Status);
        Assert.Equal(200, (int)(await server.TriggerAsync("news", new string('n', 200), "{}")).Status);
        Assert.Equal(400, (int)(await server.TriggerAsync("news", new string('n', 201), "{}")).Status);
        Assert.Equal(
            200, (int)(await server.PostAsync("/apps/1/events", $$"""{"name":"e","channels":[{{Channels(100)}}],"data":"{}"}""")).Status);
        Assert.Equal(
            400, (int)(await server.PostAsync("/apps/1/events", $$"""{"name":"e","channels":[{{Channels(101)}}],"data":"{}"}""")).Status);
        Assert.Equal(
            400, (int)(await server.PostAsync("/apps/1/events", new string('[', 5000) + new string(']', 5000))).Status);
    }

    [Fact]
    public async Task H2_Batch_IsCheckedBeforeAnyOfItIsSent()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("a");
        const string Good = """{"name":"e","channel":"a","data":"{}"}""";

        var refused = await server.PostAsync("/apps/1/batch_events", $$"""{"batch":[{{Good}},{"name":"","channel":"a","data":"{}"}]}""");
        var tooMany = await server.PostAsync(
            "/apps/1/batch_events", $$"""{"batch":[{{string.Join(',', Enumerable.Repeat(Good, 11))}}]}""");
        await client.ExpectNothingAsync();
        var taken = await server.PostAsync(
            "/apps/1/batch_events", $$"""{"batch":[{{Good}},{"name":"f","channel":"b","data":"{}","info":"subscription_count"}]}""");

        Assert.Equal((400, 400), ((int)refused.Status, (int)tooMany.Status));
        Assert.Equal("""{"batch":[{},{"subscription_count":0}]}""", taken.Body);
        await client.ExpectAsync("e", "a");
        Assert.Equal("{}", (await server.PostAsync("/apps/1/batch_events", $$"""{"batch":[{{Good}}]}""")).Body);
    }

    [Fact]
    public async Task H2_Info_IsOfTheChannels()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        await client.JoinAsync("presence-x", "1");

        var answer = await server.PostAsync(
            "/apps/1/events",
            """{"name":"e","channels":["news","presence-x","other"],"data":"{}","info":"user_count, subscription_count"}""");

        Assert.Equal(
            """{"channels":{"news":{"subscription_count":1},"presence-x":{"user_count":1,"subscription_count":1}"""
                + ""","other":{"subscription_count":0}}}""",
            answer.Body);
    }

    [Fact]
    public async Task H6_RulesOfTheHub_Hold()
    {
        await using var server = await PusherServer.StartAsync(hub: options =>
        {
            options.Rules.OnlyRooms("news");
            options.Rules.Filter(message => message.Event != "admin", "Not by HTTP.");
        });

        Assert.Equal(HttpStatusCode.Forbidden, (await server.TriggerAsync("other", "e", "{}")).Status);
        var answer = await server.TriggerAsync("news", "admin", "{}");
        Assert.Equal((HttpStatusCode.Forbidden, "Not by HTTP."), (answer.Status, answer.Body));
        Assert.Equal(HttpStatusCode.OK, (await server.TriggerAsync("news", "e", "{}")).Status);
    }

    [Fact]
    public async Task ManyChannels_AreNoHarm()
    {
        const int Channels = 100_000;
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("last");
        var body = (int first) => $$"""
            {"name":"e","channels":[{{string.Join(',', Enumerable.Range(first, 100).Select(i => $"\"c{i}\""))}}],"data":"{}"}
            """;

        for (var i = 0; i < Channels; i += 100)
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/apps/1/events", body(i))).Status);
        await server.TriggerAsync("last", "e", "{}");

        await client.ExpectAsync("e", "last");
        Assert.Equal("""{"channels":{"last":{}}}""", (await server.GetAsync("/apps/1/channels")).Body);
    }
}
