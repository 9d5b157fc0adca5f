using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kodama.Ably.Tests;

/// <summary>docs/specs/ably.md, HTTP.</summary>
public sealed partial class RestTests
{
    [Fact]
    public async Task H2_Time_IsOpen_AndTheRestIsNot()
    {
        await using var server = await AblyServer.StartAsync();

        Assert.InRange((await server.SendAsync(HttpMethod.Get, "time", null, null)).Json[0].GetInt64(),
            DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 60_000);
        foreach (var path in (string[])["channels", "channels/tea", "channels/tea/messages", "channels/tea/presence",
            "presence?channels=tea", "stats"])
        {
            var answer = await server.SendAsync(HttpMethod.Get, path, null, null);
            Assert.Equal(path == "stats" ? 40400 : 40106, answer.Code);
        }
    }

    [Fact]
    public async Task H1_Errors_AreAsNodeReadsThem()
    {
        await using var server = await AblyServer.StartAsync();
        using var response = await server.Http.GetAsync(new Uri(server.Url, "channels/tea/messages")).Within();

        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("40106", Assert.Single(response.Headers.GetValues("x-ably-errorcode")));
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error");
        Assert.Equal((40106, 401, "https://help.ably.io/error/40106"), (error.GetProperty("code").GetInt32(),
            error.GetProperty("statusCode").GetInt32(), error.GetProperty("href").GetString()));
    }

    [Fact]
    public async Task H2_Published_IsHeardAndKept()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea/green: 木");

        var answer = await server.PostAsync("channels/tea%2Fgreen%3A%20%E6%9C%A8/messages",
            """[{"name":"a","data":"x","id":"base:0"},{"name":"b","data":{"k":1}}]""");

        Assert.Equal(201, answer.Status);
        Assert.Equal(("tea/green: 木", "base"), (answer.Json.GetProperty("channel").GetString(),
            answer.Json.GetProperty("messageId").GetString()));
        var first = await client.ExpectOneAsync(ProtocolAction.Message);
        var second = await client.ExpectOneAsync(ProtocolAction.Message);
        Assert.Equal(answer.Json.GetProperty("serials").EnumerateArray().Select(serial => serial.GetString()),
            [first.GetProperty("serial").GetString(), second.GetProperty("serial").GetString()]);
        Assert.Equal(("""{"k":1}""", "json"), (second.GetProperty("data").GetString(), second.GetProperty("encoding").GetString()));
    }

    [Theory]
    [InlineData("forwards")]
    [InlineData("backwards")]
    public async Task H3_History_IsReadInPages(string direction)
    {
        await using var server = await AblyServer.StartAsync();
        for (var i = 0; i < 7; i++) await server.PostAsync("channels/tea/messages", $$"""{"data":"{{i}}"}""");
        var heard = new List<int>();

        var path = $"channels/tea/messages?limit=3&direction={direction}";
        for (var pages = 1; ; pages++)
        {
            var page = await server.GetAsync(path);
            heard.AddRange(page.Json.EnumerateArray().Select(message => int.Parse(message.GetProperty("data").GetString()!,
                CultureInfo.InvariantCulture)));
            if (Next().Match(page.Link) is not { Success: true } next)
            {
                Assert.Equal(3, pages);
                break;
            }
            path = $"channels/tea/{next.Groups[1].Value}";
        }

        Assert.Equal(direction == "forwards" ? Enumerable.Range(0, 7) : Enumerable.Range(0, 7).Reverse(), heard);
    }

    [Fact]
    public async Task H3_UntilAttach_HasWhatWasBeforeIt()
    {
        await using var server = await AblyServer.StartAsync();
        await server.PostAsync("channels/tea/messages", """{"data":"before"}""");
        await using var client = await server.ConnectAsync();
        var serial = (await client.AttachAsync("tea")).GetProperty("channelSerial").GetString()!;
        await server.PostAsync("channels/tea/messages", """{"data":"behind"}""");

        foreach (var name in (string[])["from_serial", "fromSerial"])
        {
            var page = await server.GetAsync($"channels/tea/messages?{name}={Uri.EscapeDataString(serial)}");
            Assert.Equal("before", Assert.Single(page.Json.EnumerateArray()).GetProperty("data").GetString());
        }
        Assert.Equal(40000, (await server.GetAsync("channels/tea/messages?from_serial=x")).Code);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=x")]
    [InlineData("direction=up")]
    [InlineData("start=5&end=4")]
    [InlineData("cursor=x")]
    public async Task H3_WhatCannotBe_IsRefused(string query)
    {
        await using var server = await AblyServer.StartAsync();
        await server.PostAsync("channels/tea/messages", """{"data":"x"}""");

        Assert.Equal(40000, (await server.GetAsync($"channels/tea/messages?{query}")).Code);
    }

    [Fact]
    public async Task H1_MessagePackAndEnvelope_AreAnsweredAsAskedFor()
    {
        await using var server = await AblyServer.StartAsync();
        await server.PostAsync("channels/tea/messages", """{"data":"x"}""");

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Url, "channels/tea/messages?limit=1"));
        request.Headers.Authorization = AblyServer.Basic(AblyServer.Key);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-msgpack"));
        using var response = await server.Http.SendAsync(request).Within();
        var packed = WireDocument.Read(await response.Content.ReadAsByteArrayAsync(), WireFormat.MessagePack)!.Root;
        Assert.Equal("x", packed.Elements.Single()["data"u8].Text);

        var wrapped = (await server.GetAsync("channels/tea/messages?envelope=json")).Json;
        Assert.Equal(200, wrapped.GetProperty("statusCode").GetInt32());
        Assert.Contains("rel=\"first\"", wrapped.GetProperty("headers").GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.Equal("x", wrapped.GetProperty("response")[0].GetProperty("data").GetString());
        var wrong = await server.GetAsync("channels/tea/messages?envelope=json&limit=0");
        Assert.Equal((200, 400), (wrong.Status, wrong.Json.GetProperty("statusCode").GetInt32()));
    }

    [Fact]
    public async Task A2_PagesOfAllowedOrigins_MayAskAndRead_AndOthersMayNot()
    {
        await using var server = await AblyServer.StartAsync(hub: options => options.AllowedOrigins.Add("http://app.example"));
        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(server.Url, "channels/tea/messages"));
        preflight.Headers.Add("Origin", "http://app.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,x-ably-version");
        using var allowed = await server.Http.SendAsync(preflight).Within();

        Assert.Equal("http://app.example", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("authorization,x-ably-version", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Headers")));
        var foreign = await server.SendAsync(HttpMethod.Get, "channels/tea/messages", null, AblyServer.Basic(AblyServer.Key),
            request => request.Headers.Add("Origin", "http://evil.example"));
        Assert.Equal(403, foreign.Status);
    }

    [Fact]
    public async Task H4_Batches_AnswerForEachChannel()
    {
        await using var server = await AblyServer.StartAsync();

        var published = (await server.PostAsync(
            "messages", """[{"channels":["tea","coffee"],"messages":[{"data":"x"}]}]""", AblyServer.SmallKey)).Json[0];
        var old = await server.SendAsync(HttpMethod.Post, "messages", """{"channels":["tea"],"messages":{"data":"x"}}""",
            AblyServer.Basic(AblyServer.Key), request => request.Headers.Add("X-Ably-Version", "2"));
        var present = (await server.GetAsync("presence?channels=tea,:bad")).Json;

        Assert.Equal((1, 1), (published.GetProperty("successCount").GetInt32(), published.GetProperty("failureCount").GetInt32()));
        Assert.Equal(40160, published.GetProperty("results")[1].GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("tea", old.Json[0].GetProperty("channel").GetString());
        Assert.Equal((1, 1), (present.GetProperty("successCount").GetInt32(), present.GetProperty("failureCount").GetInt32()));
        var many = string.Join(',', Enumerable.Repeat("\"c\"", 101));
        Assert.Equal(40000, (await server.PostAsync("messages", $$$"""{"channels":[{{{many}}}],"messages":{"data":"x"}}""")).Code);
    }

    [Fact]
    public async Task H2_ConnectionKey_SpeaksForThatConnection()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui");
        await client.AttachAsync("tea");

        Assert.Equal(201, (await server.PostAsync("channels/tea/messages", $$"""{"data":"x","connectionKey":"{{client.Key}}"}""")).Status);
        var heard = await client.ExpectAsync(ProtocolAction.Message);
        Assert.Equal((client.Id, "yui"), (heard.GetProperty("connectionId").GetString(),
            heard.GetProperty("messages")[0].GetProperty("clientId").GetString()));

        Assert.Equal(40006, (await server.PostAsync("channels/tea/messages",
            $$"""{"data":"x","connectionKey":"{{client.Id}}!AAAA.1"}""")).Code);
    }

    [Fact]
    public async Task H2_Channels_AreListedAndDescribed()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        foreach (var name in (string[])["tea", "team", "coffee"]) await client.AttachAsync(name);

        var listed = await server.GetAsync("channels?prefix=tea&by=id&limit=1");
        var status = (await server.GetAsync("channels/tea")).Json.GetProperty("status");

        Assert.Equal("""["tea"]""", listed.Body);
        Assert.Contains("rel=\"next\"", listed.Link, StringComparison.Ordinal);
        Assert.True(status.GetProperty("isActive").GetBoolean());
        Assert.Equal(1, status.GetProperty("occupancy").GetProperty("metrics").GetProperty("subscribers").GetInt32());
    }

    [Fact]
    public async Task H5_Sandbox_IsClosedUnlessAskedFor_AndItsAppsAreApart()
    {
        await using var closed = await AblyServer.StartAsync();
        Assert.Equal(404, (await closed.SendAsync(HttpMethod.Post, "apps", """{"keys":[{}]}""", null)).Status);

        await using var server = await AblyServer.StartAsync(options => options.Sandbox = true);
        var app = (await server.SendAsync(HttpMethod.Post, "apps",
            """{"keys":[{},{"capability":"{\"x\":[\"publish\"]}"}],"channels":[{"name":"p","presence":[{"clientId":"a","data":"1"}]}]}""",
                null)).Json;
        var (id, key) = (app.GetProperty("appId").GetString(), app.GetProperty("keys")[0].GetProperty("keyStr").GetString()!);
        await server.PostAsync("channels/tea/messages", """{"data":"x"}""", key);

        Assert.Single((await server.GetAsync("channels/tea/messages", key)).Json.EnumerateArray());
        Assert.Empty((await server.GetAsync("channels/tea/messages")).Json.EnumerateArray());
        Assert.Equal("a", (await server.GetAsync("channels/p/presence", key)).Json[0].GetProperty("clientId").GetString());
        Assert.Equal(40101, (await server.SendAsync(HttpMethod.Delete, $"apps/{id}", null, AblyServer.Basic(AblyServer.Key))).Code);
        Assert.Equal(204, (await server.SendAsync(HttpMethod.Delete, $"apps/{id}", null, AblyServer.Basic(key))).Status);
        Assert.Equal(40101, (await server.GetAsync("channels/tea/messages", key)).Code);
    }

    [Theory]
    [InlineData("push/deviceRegistrations")]
    [InlineData("stats")]
    [InlineData("sse")]
    [InlineData("event-stream")]
    [InlineData("comet/connect")]
    [InlineData("chat/v4/rooms/x/messages")]
    public async Task X1_WhatIsNotHere_SaysSo(string path)
    {
        await using var server = await AblyServer.StartAsync();

        Assert.Equal(40400, (await server.GetAsync(path)).Code);
    }

    [GeneratedRegex("""<\./([^>]*)>; rel="next"$""")]
    private static partial Regex Next();

    [Fact]
    public async Task H2_ConnectionKey_BringsNoRights_AndIsOneForAll()
    {
        await using var server = await AblyServer.StartAsync();
        await using var admin = await server.ConnectAsync();
        var ren = AblyServer.Bearer(await server.TokenAsync("""{"clientId":"ren"}"""));
        async Task<AblyServer.Answer> PublishAsync(string body) =>
            await server.SendAsync(HttpMethod.Post, "channels/tea/messages", body, ren);

        Assert.Equal(40012, (await PublishAsync($$"""{"data":"x","clientId":"admin","connectionKey":"{{admin.Key}}"}""")).Code);
        Assert.Equal(40000, (await PublishAsync($$"""[{"data":"x","connectionKey":"{{admin.Key}}"},{"data":"y"}]""")).Code);
        Assert.Equal(201, (await PublishAsync($$"""{"data":"x","connectionKey":"{{admin.Key}}"}""")).Status);
    }
}
