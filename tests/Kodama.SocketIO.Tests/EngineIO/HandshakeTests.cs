using System.Net;
using System.Text.RegularExpressions;
using Kodama.Server;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

public sealed partial class HandshakeTests
{
    [Fact]
    public async Task Polling_OpenPacket_IsNodes()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);

        await client.SendTextAsync($"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
        var response = await client.ReadResponseAsync();

        Assert.Equal(200, response!.Status);
        Assert.Equal("text/plain; charset=UTF-8", response.Header("Content-Type"));
        Assert.Equal("no-store", response.Header("Cache-Control"));
        Assert.Null(response.Header("Set-Cookie"));
        Assert.Null(response.Header("Access-Control-Allow-Origin"));
        Assert.Matches(PollingOpen(), response.Body);
        Assert.Equal(engine.Handler.Session.Id, PollingOpen().Match(response.Body).Groups[1].Value);
    }

    [Fact]
    public async Task WebSocket_OpenPacket_OffersNoUpgrade()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await engine.ConnectAsync();

        Assert.Matches(WebSocketOpen(), await client.ReadTextAsync());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Polling_WithoutUpgrades_OffersNone(bool allowsUpgrades, bool webSockets)
    {
        await using var engine = await TestEngine.StartAsync(o => (o.AllowUpgrades, o.WebSockets) = (allowsUpgrades, webSockets));

        Assert.Contains("\"upgrades\":[]", await engine.GetTextAsync("EIO=4&transport=polling"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_AreInTheOpenPacket()
    {
        await using var engine = await TestEngine.StartAsync(o =>
        {
            o.PingInterval = TimeSpan.FromMilliseconds(300);
            o.PingTimeout = TimeSpan.FromMilliseconds(200);
            o.MaxHttpBufferSize = 4321;
        });

        Assert.EndsWith(
            ",\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":4321}",
            await engine.GetTextAsync("EIO=4&transport=polling"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitialPacket_FollowsTheOpenPacket()
    {
        await using var engine = await TestEngine.StartAsync(o => o.InitialPacket = "hello");

        Assert.EndsWith("}\u001e4hello", await engine.GetTextAsync("EIO=4&transport=polling"), StringComparison.Ordinal);
        await using var client = await engine.OpenWebSocketAsync();
        Assert.Equal("4hello", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData("EIO=4")]
    [InlineData("EIO=3")]
    public async Task OpenPacket_ComesWithNothingElse(string version)
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowEIO3 = true, prepare: h => h.Send("early"));

        Assert.EndsWith("}", await engine.GetTextAsync($"{version}&transport=polling"), StringComparison.Ordinal);
        var next = await engine.GetTextAsync($"{version}&transport=polling&sid={engine.Handler.Session.Id}");
        Assert.Equal(version == "EIO=4" ? "4early" : "6:4early", next);
    }

    [Fact]
    public async Task Cookie_IsOnThe101Too()
    {
        await using var engine = await TestEngine.StartAsync(o => o.Cookie = new SessionCookie());
        await using var client = await RawClient.ConnectAsync(engine.Http);

        var head = await client.UpgradeAsync($"{TestEngine.Path}?EIO=4&transport=websocket");

        Assert.Contains($"Set-Cookie: io={engine.Handler.Session.Id}; Path=/", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_HoldsTheSid()
    {
        await using var engine = await TestEngine.StartAsync(o => o.Cookie = new SessionCookie());

        using var response = await engine.GetAsync("EIO=4&transport=polling");

        Assert.Equal(
            $"io={engine.Handler.Session.Id}; Path=/; HttpOnly; SameSite=Lax", Assert.Single(response.Headers.GetValues("Set-Cookie")));
        using var next = await engine.PostAsync(engine.Handler.Session.Id, "4x");
        Assert.False(next.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("GET", "EIO=4", 400, "{\"code\":0,\"message\":\"Transport unknown\"}")]
    [InlineData("GET", "EIO=4&transport=abc", 400, "{\"code\":0,\"message\":\"Transport unknown\"}")]
    [InlineData("GET", "EIO=4&transport=webtransport", 400, "{\"code\":0,\"message\":\"Transport unknown\"}")]
    [InlineData("GET", "EIO=4&Transport=polling", 400, "{\"code\":0,\"message\":\"Transport unknown\"}")]
    [InlineData("GET", "EIO=4&transport=polling&transport=abc", 400, "{\"code\":0,\"message\":\"Transport unknown\"}")]
    [InlineData("GET", "EIO=4&transport=polling&sid=abc", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}")]
    [InlineData("POST", "EIO=4&transport=polling&sid=abc", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}")]
    [InlineData("POST", "EIO=4&transport=polling", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}")]
    [InlineData("PUT", "EIO=4&transport=polling", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}")]
    [InlineData("OPTIONS", "EIO=4&transport=polling", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}")]
    [InlineData("GET", "EIO=4&transport=websocket", 400, "{\"code\":3,\"message\":\"Bad request\"}")]
    [InlineData("GET", "transport=polling", 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}")]
    [InlineData("GET", "EIO=3&transport=polling", 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}")]
    [InlineData("GET", "EIO=abc&transport=polling", 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}")]
    public async Task Request_Wrong_GetsNodesError(string method, string query, int status, string body)
    {
        await using var engine = await TestEngine.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{TestEngine.Path}?{query}");

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Empty(engine.Handlers);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Theory]
    [InlineData("EIO=4&transport=abc", "Transport unknown")]
    [InlineData("EIO=4&transport=polling", "Bad request")]
    [InlineData("EIO=4&transport=websocket&sid=abc", "Session ID unknown")]
    [InlineData("EIO=3&transport=websocket", "Unsupported protocol version")]
    public async Task WebSocket_Wrong_GetsNodesText(string query, string body)
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);

        await client.SendTextAsync(client.UpgradeHead($"{TestEngine.Path}?{query}"));
        var response = await client.ReadResponseAsync();

        Assert.Equal(400, response!.Status);
        Assert.Equal("close", response.Header("Connection"));
        Assert.Equal("text/html", response.Header("Content-Type"));
        Assert.Equal(body, response.Body);
        await client.WaitForEndAsync();
    }

    [Fact]
    public async Task AllowRequest_Refusing_TellsItsMessage()
    {
        await using var engine = await TestEngine.StartAsync(o =>
            o.AllowRequest = context => new(context.Request.Query.ContainsKey("nice")
                ? AuthenticationResult.Success
                : AuthenticationResult.Refuse("say \"please\"")));

        using var response = await engine.GetAsync("EIO=4&transport=polling");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("{\"code\":4,\"message\":\"say \\\"please\\\"\"}", await response.Content.ReadAsStringAsync());

        await using var client = await RawClient.ConnectAsync(engine.Http);
        await client.SendTextAsync(client.UpgradeHead($"{TestEngine.Path}?EIO=4&transport=websocket"));
        var refused = await client.ReadResponseAsync();
        Assert.Equal(400, refused!.Status);
        Assert.Equal("say \"please\"", refused.Body);

        await engine.OpenAsync("&nice=1");
    }

    [Fact]
    public async Task AllowRequest_Throwing_Refuses()
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowRequest = _ => throw new InvalidOperationException("broken"));

        using var response = await engine.GetAsync("EIO=4&transport=polling");

        Assert.Equal("{\"code\":4,\"message\":\"Forbidden\"}", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Token_IsAskedForAtTheHandshakeOnly()
    {
        await using var engine = await TestEngine.StartAsync(kodama: o => o.Token = "secret");

        using var response = await engine.GetAsync("EIO=4&transport=polling");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.StartsWith("{\"code\":4,\"message\":\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await engine.PostOkAsync(await engine.OpenAsync("&token=secret"), "4x");
    }

    [Fact]
    public async Task Handshake_IsKept()
    {
        await using var engine = await TestEngine.StartAsync(o => o.KeepHeaders = true);
        engine.Client.DefaultRequestHeaders.Add("X-Who", "me");

        await engine.OpenAsync("&name=J%C3%B6rg&a=1&a=2");

        var handshake = engine.Handler.Session.Handshake;
        Assert.Equal("Jörg", handshake.Query()["name"]);
        Assert.Equal("2", handshake.Query()["a"]);
        Assert.Equal("/socket.io/?EIO=4&transport=polling&name=J%C3%B6rg&a=1&a=2", handshake.Url);
        Assert.Equal(IPAddress.Loopback, handshake.RemoteAddress);
        Assert.Equal("me", handshake.Headers!["x-who"]);
        Assert.False(handshake.IsSecure);
        Assert.False(handshake.IsCrossDomain);
    }

    [Fact]
    public async Task Sessions_BeyondTheBound_AreRefusedUntilOneEnds()
    {
        await using var engine = await TestEngine.StartAsync(o => o.MaxSessions = 2);
        var sid = await engine.OpenAsync();
        await using var client = await engine.OpenWebSocketAsync();

        using var response = await engine.GetAsync("EIO=4&transport=polling");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await using var refused = await RawClient.ConnectAsync(engine.Http);
        Assert.StartsWith(
            "HTTP/1.1 503", await refused.UpgradeAsync($"{TestEngine.Path}?EIO=4&transport=websocket"), StringComparison.Ordinal);

        await engine.PostOkAsync(sid, "1");
        await engine.OpenAsync();
    }

    [Theory]
    [InlineData(true, "/socket.io/", 200)]
    [InlineData(true, "/socket.io", 404)]
    [InlineData(false, "/socket.io", 200)]
    [InlineData(false, "/socket.io/", 200)]
    public async Task Path_WithAndWithoutSlash_IsNodes(bool addsSlash, string path, int status)
    {
        await using var engine = await TestEngine.StartAsync(o => o.AddTrailingSlash = addsSlash);

        using var response = await engine.Client.GetAsync($"{path}?EIO=4&transport=polling").Within();

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Host_OfAnotherName_IsRefused()
    {
        await using var engine = await TestEngine.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{TestEngine.Path}?EIO=4&transport=polling")
        {
            Headers = { Host = "evil.example" },
        };

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("{\"code\":4,\"message\":\"Forbidden\"}", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task WebSocket_WithAKeyThatIsNone_IsRefusedAndLeavesNoSession()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);

        await client.SendTextAsync(
            client.UpgradeHead($"{TestEngine.Path}?EIO=4&transport=websocket").Replace(RawClient.Key, "x", StringComparison.Ordinal));

        Assert.Equal(400, (await client.ReadResponseAsync())!.Status);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [GeneratedRegex("^0\\{\"sid\":\"([A-Za-z0-9_-]{20})\",\"upgrades\":\\[\"websocket\"\\],"
        + "\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000\\}$")]
    private static partial Regex PollingOpen();

    [GeneratedRegex("^0\\{\"sid\":\"([A-Za-z0-9_-]{20})\",\"upgrades\":\\[\\],"
        + "\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000\\}$")]
    private static partial Regex WebSocketOpen();
}
