using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

/// <summary>The same requests to this server and to node's: the answers must be the same, but for what docs/specs/socketio.md says
/// differs.</summary>
public sealed class NodeComparisonTests
{
    [Theory]
    [InlineData("GET", "EIO=4")]
    [InlineData("GET", "EIO=4&transport=constructor")]
    [InlineData("GET", "EIO=4&transport=polling&sid=__proto__")]
    [InlineData("GET", "EIO=4&transport=polling&sid=%00")]
    [InlineData("POST", "EIO=4&transport=polling&sid=abc")]
    [InlineData("POST", "EIO=4&transport=polling")]
    [InlineData("DELETE", "EIO=4&transport=polling&sid=")]
    [InlineData("OPTIONS", "EIO=4&transport=polling")]
    [InlineData("GET", "EIO=4&transport=websocket")]
    [InlineData("GET", "transport=polling")]
    [InlineData("GET", "EIO=3&transport=polling")]
    [InlineData("GET", "EIO=4&transport=polling&transport=x")]
    public Task Requests_ThatAreRefused(string method, string query) => CompareAsync(t => t.RequestAsync(method, query));

    [Fact]
    public Task Handshakes_ThatAreRefused() => CompareAsync(async t =>
    {
        await using var transport = await t.ConnectAsync("EIO=4&transport=abc");
        await using var sid = await t.ConnectAsync("EIO=4&transport=websocket&sid=abc");
    });

    [Fact]
    public Task Polling_Echo() => CompareAsync(async t =>
    {
        await t.OpenAsync();
        await t.PostAsync("4hello");
        await t.GetAsync();
        await t.PostAsync("4test1\u001e4€😀\u001ebAQIDBA==");
        await t.GetAsync();
        await t.RequestAsync("GET", "EIO=4&transport=websocket&sid=$");
    });

    [Fact]
    public Task Polling_ClosedByTheClient() => CompareAsync(async t =>
    {
        await t.OpenAsync();
        await t.PostAsync("1");
        await t.GetAsync();
    });

    [Fact]
    public Task Polling_ClosedByTheServer() => CompareAsync(async t =>
    {
        await t.OpenAsync();
        await t.PostAsync("4close!");
        await t.GetAsync();
        await t.GetAsync();
    });

    [Fact]
    public Task Polling_TooLarge() => CompareAsync(
        async t =>
        {
            await t.OpenAsync();
            await t.PostAsync("4" + new string('x', 1000));
            await t.PostAsync("4" + new string('x', 999));
            await t.GetAsync();
        },
        new { maxHttpBufferSize = 1000 },
        o => o.MaxHttpBufferSize = 1000);

    [Fact]
    public Task Polling_CookieAndInitialPacket() => CompareAsync(
        async t =>
        {
            await t.OpenAsync();
            await t.PostAsync("4x");
            await t.GetAsync();
        },
        new { cookie = true, initialPacket = "hello" },
        o => (o.Cookie, o.InitialPacket) = (new SessionCookie(), "hello"));

    [Fact]
    public Task Polling_V3() => CompareAsync(
        async t =>
        {
            await t.OpenAsync("EIO=4&transport=polling");
            await t.RequestAsync("GET", "EIO=3&transport=polling&b64=1", writesBody: false);
        },
        new { allowEIO3 = true },
        o => o.AllowEIO3 = true);

    [Fact]
    public Task Cors() => CompareAsync(
        async t =>
        {
            const string Query = "EIO=4&transport=polling";
            await t.OpenAsync(Query, [("Origin", "http://a.example")]);
            await t.OpenAsync(Query);
            await t.RequestAsync(
                "OPTIONS", Query, headers: [("Origin", "http://a.example"), ("Access-Control-Request-Headers", "x-one,x-two")]);
            await t.RequestAsync("OPTIONS", Query, headers: [("Origin", "http://b.example")]);
            await t.RequestAsync("GET", "EIO=4&transport=polling&sid=x", headers: [("Origin", "http://a.example")]);
        },
        new { cors = new { origin = (string[])["http://a.example", "http://c.example"], credentials = true, maxAge = 60 } },
        o =>
        {
            o.Cors.WithOrigins("http://a.example", "http://c.example").Credentials = true;
            o.Cors.MaxAge = TimeSpan.FromMinutes(1);
        });

    [Fact]
    public Task WebSocket_Echo() => CompareAsync(async t =>
    {
        await using var socket = await t.ConnectAsync("EIO=4&transport=websocket");
        await t.ReadAsync(socket);
        await t.SendAsync(socket, "4hello", "4€😀", "bAQID", "3", "6", "0");
        for (var i = 0; i < 3; i++) await t.ReadAsync(socket);
        await t.SendAsync(socket, "4close!");
        await t.ReadAsync(socket);
    });

    [Theory]
    [InlineData("2")]
    [InlineData("abc")]
    [InlineData("")]
    public Task WebSocket_Wrong(string packet) => CompareAsync(async t =>
    {
        await using var socket = await t.ConnectAsync("EIO=4&transport=websocket");
        await t.ReadAsync(socket);
        await t.SendAsync(socket, packet);
        await t.ReadAsync(socket);
    });

    [Fact]
    public Task Upgrade() => CompareAsync(async t =>
    {
        await t.OpenAsync();
        await t.PostAsync("4waits");
        await using var socket = await t.ConnectAsync("EIO=4&transport=websocket&sid=$");
        await t.SendAsync(socket, "2probe");
        await t.ReadAsync(socket);
        await t.GetAsync();
        await t.GetAsync();
        await t.SendAsync(socket, "5", "4hello");
        await t.ReadAsync(socket);
        await t.GetAsync();
        await t.PostAsync("4x");
        await using var second = await t.ConnectAsync("EIO=4&transport=websocket&sid=$");
        await t.ReadAsync(second);
        await t.SendAsync(socket, "4hello");
        await t.ReadAsync(socket);
    });

    [Theory]
    [InlineData("4hello")]
    [InlineData("2")]
    public Task Upgrade_Wrong(string packet) => CompareAsync(async t =>
    {
        await t.OpenAsync();
        await using var socket = await t.ConnectAsync("EIO=4&transport=websocket&sid=$");
        await t.SendAsync(socket, packet);
        await t.ReadAsync(socket);
        await t.PostAsync("4hello");
        await t.GetAsync();
    });

    private static async Task CompareAsync(Func<Transcript, Task> scenario, object? nodes = null, Action<EngineOptions>? ours = null)
    {
        var (node, address) = await NodeProcess.StartServerAsync(nodes);
        await using var process = node;
        await using var engine = await TestEngine.StartAsync(ours, prepare: NodeClientTests.CloseWhenAsked);
        using var there = new Transcript(address);
        using var here = new Transcript(engine.Http);

        await scenario(there);
        await scenario(here);

        Assert.Equal(there.ToString(), here.ToString());
    }
}
