using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Kodama.Server;

namespace Kodama.Pusher.Tests;

/// <summary>What neighbours and clients of other doors try on the door.</summary>
public sealed class HostileTests
{
    [Theory]
    [InlineData("{\"event\":\"a\u00ff\",\"data\":\"x\",\"at\":1}", "application/octet-stream")]
    [InlineData("{\"event\":\"a\",\"data\":\"x\u00ff\",\"at\":NOW}", "application/octet-stream")]
    [InlineData("{\"event\":\"a\",\"data\":\"x\",\"at\":253402300799999}", "text/plain")]
    [InlineData("{\"event\":\"a\",\"data\":\"x\",\"at\":YEAR}", "text/plain")]
    [InlineData("{\"event\":\"a\",\"data\":\"LARGE\",\"at\":NOW}", "text/plain")]
    public async Task CachedEvent_ThatAStrangerHasSet_IsNone(string state, string type)
    {
        var clock = new FakeClock();
        await using var server = await PusherServer.StartAsync(time: clock);
        await server.TriggerAsync("cache-x", "e", "1");
        await using var other = await server.ConnectAsync();
        await other.SubscribeAsync("news");
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var forged = state.Replace("NOW", $"{now}", StringComparison.Ordinal)
            .Replace("YEAR", $"{now + 31_536_000_000}", StringComparison.Ordinal)
            .Replace("LARGE", new string('x', 20_000), StringComparison.Ordinal);

        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(forged));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var put = await server.Http.PutAsync(new Uri("/api/rooms/cache-x/state/pusher.cache", UriKind.Relative), content).Within();
        Assert.True(put.IsSuccessStatusCode);

        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("cache-x");
        await client.ExpectAsync("pusher:cache_miss", "cache-x");
        var list = await server.GetAsync("/apps/1/channels", "info=cache");
        Assert.Equal(HttpStatusCode.OK, list.Status);
        Assert.DoesNotContain("\"data\"", list.Body, StringComparison.Ordinal);
        // What the door does each minute runs on a timer's thread, where nothing may be thrown.
        clock.Advance(TimeSpan.FromMinutes(31));
        server.ExpireCache();
    }

    [Theory]
    [InlineData("\"x\u00ff\"")]
    [InlineData("{\"a\":\"x\u00ff\"}")]
    public async Task Event_ThatIsNotUtf8_IsRefused_AndNobodyGetsIt(string data)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        var body = Encoding.Latin1.GetBytes($$"""{"name":"e","channel":"news","data":{{data}}}""");
#pragma warning disable CA5351
        var md5 = Convert.ToHexStringLower(MD5.HashData(body));
#pragma warning restore CA5351
        var query = $"auth_key=garden-key&auth_timestamp={DateTimeOffset.UtcNow.ToUnixTimeSeconds()}&auth_version=1.0&body_md5={md5}";
        var signed = $"{query}&auth_signature={PusherServer.Hmac($"POST\n/apps/1/events\n{query}")}";

        using var content = new ByteArrayContent(body);
        using var answer = await server.Http.PostAsync(new Uri($"/apps/1/events?{signed}", UriKind.Relative), content).Within();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("private-a%20b")]
    [InlineData("private-%C3%A9")]
    [InlineData("presence-x:1")]
    public async Task Room_ThatIsNoChannelsNameBehindItsBeginning_IsClosedToOtherDoors(string room)
    {
        await using var server = await PusherServer.StartAsync();
        using var text = new StringContent("hello");

        using var answer = await server.Http.PostAsync(new Uri($"/api/rooms/{room}/messages", UriKind.Relative), text).Within();

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a b", "a%20b")]
    [InlineData("a%2Fb", "a%252Fb")]
    public async Task User_OfAnyId_CanBeTerminated(string id, string path)
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SignInAsync($"{{\"id\":\"{id}\"}}");

        var answer = await server.PostAsync($"/apps/1/users/{path}/terminate_connections", "{}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Null(await client.ReadTextAsync());
        Assert.Equal(4009, client.CloseCode);
    }

    [Fact]
    public async Task Query_WithMoreThanIsSigned_IsRefused()
    {
        await using var server = await PusherServer.StartAsync();
        var pads = string.Join('&', Enumerable.Range(0, 60).Select(i => $"p{i:00}=1"));
        var signed = $"auth_key=garden-key&auth_timestamp={DateTimeOffset.UtcNow.ToUnixTimeSeconds()}&auth_version=1.0&{pads}";
        var query = $"{signed}&auth_signature={PusherServer.Hmac($"GET\n/apps/1/channels\n{signed}")}&info=subscription_count";

        using var answer = await server.Http.GetAsync(new Uri($"/apps/1/channels?{query}", UriKind.Relative)).Within();

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Channel_OfAMegabyte_IsNotSentBack()
    {
        await using var server = await PusherServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync($$$"""{"event":"pusher:subscribe","data":{"channel":"#{{{new string('x', 1_000_000)}}}"}}""");

        Assert.True((await client.ExpectAsync("pusher:error")).Data.Length < 1000);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public async Task RefusedClient_BeforeProtocol6_IsToldByAnEventToo(int protocol)
    {
        await using var server = await PusherServer.StartAsync(hub: hub => hub.Rules.Validate(_ => false, "Not today."));
        await using var client = await PusherClient.OpenAsync(server.Url, $"/app/garden-key?protocol={protocol}");

        if (protocol < 6)
        {
            var told = (await client.ExpectAsync("pusher:error")).DataJson;
            Assert.Equal((4009, "Not today."), (told.GetProperty("code").GetInt32(), told.GetProperty("message").GetString()));
        }
        Assert.Null(await client.ReadTextAsync());
        Assert.Equal(4009, client.CloseCode);
    }

    [Fact]
    public void Webhook_InTheLog_HasNoSecrets() => Assert.Equal(
        "http://127.0.0.1:9/hook", PusherLog.Shown(new Uri("http://user:hunter2@127.0.0.1:9/hook?token=tok3n")));
}
