using Kodama.Server.Security;
using Kodama.Testing;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Tests;

/// <summary>Host and Origin of every endpoint, over raw sockets: no HTTP library sends a wrong Host.</summary>
public sealed class RequestSecurityTests
{
    private const string WebSocketHeaders = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: " + RawClient.Key + "\r\n";

    private static readonly string[] Reads = ["/", "/health", "/api/hub", "/api/rooms", "/api/peers", "/assets/none.js", "/kodama.js"];

    public static TheoryData<string, string> Everything
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var path in Reads)
            {
                all.Add("GET", path);
                all.Add("HEAD", path);
            }
            foreach (var path in new[] { "/api/hub", "/api/rooms", "/api/peers", "/api/stats", "/api/events", "/api/rooms/lobby/messages" })
                all.Add("OPTIONS", path);
            all.Add("GET", "/api/events");
            all.Add("POST", "/api/rooms/lobby/messages");
            all.Add("GET", "/ws");
            all.Add("GET", "/ws/room");
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Host_OfAnAttackersName_IsRefusedEverywhere(string method, string path)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(hub, method, path, $"evil.example:{hub.Http.Port}", "Origin: http://evil.example\r\n");

        Assert.Equal(403, answer.Status);
        if (method != "HEAD") Assert.Contains("\"code\":\"HOST_NOT_ALLOWED\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal("Kodama local-websocket/1.0.0", answer.Header("Server"));
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("192.168.1.20:8080", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("[fe80::1]", true)]
    [InlineData("localhost:8080", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("lounge.local:8080", true)]
    [InlineData("app.localhost", true)]
    [InlineData("hub.example.org", true)]
    [InlineData("HUB.example.org:8080", true)]
    [InlineData("example.org", false)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("evillocal", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("x.hub.example.org", false)]
    [InlineData("", false)]
    public async Task Host_ByName_IsAllowedOrNot(string host, bool allowed)
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedHosts.Add("hub.example.org"));

        Assert.Equal(allowed ? 200 : 403, (await AskAsync(hub, "GET", "/api/hub", host)).Status);
    }

    [Theory]
    [InlineData("xn--q9jyb4c.example")]
    [InlineData("みんな.example")]
    public async Task Host_OfOtherLetters_IsAllowedInEitherForm(string allowed)
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedHosts.Add(allowed));

        Assert.Equal(200, (await AskAsync(hub, "GET", "/api/hub", "xn--q9jyb4c.example")).Status);
    }

    [Theory]
    [InlineData("xn--0")]
    [InlineData("xn--99999999.example:8080")]
    [InlineData("xn--q9jyb4c..example")]
    [InlineData("xn--")]
    public void Host_OfPunycodeThatIsNone_IsRefusedAsAnyOther(string host)
    {
        // Not over a socket: ASP.NET Core's own log of requests, which tests record and kodama serve does not, ends the connection.
        var context = new DefaultHttpContext();
        context.Request.Headers.Host = host;

        Assert.False(new RequestHost(new KodamaOptions()).IsAllowed(context.Request));
    }

    [Fact]
    public async Task Origin_OfTheHubsOwnPage_AtANameOfOtherLetters_IsAllowed()
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedHosts.Add("みんな.example"));
        const string Name = "xn--q9jyb4c.example";

        Assert.Equal(101, (await AskAsync(hub, "GET", "/ws", $"{Name}:8080", $"Origin: http://{Name}:8080\r\n")).Status);
        Assert.Equal(101, (await AskAsync(hub, "GET", "/ws", Name, $"Origin: https://{Name}\r\n")).Status);
        Assert.Equal(403, (await AskAsync(hub, "GET", "/ws", Name, $"Origin: https://{Name}:8443\r\n")).Status);
    }

    [Theory]
    [InlineData("https://みんな.example")]
    [InlineData("https://*.みんな.example:*")]
    [InlineData("https://xn--q9jyb4c.example")]
    public async Task Origin_OfOtherLetters_IsAllowedInEitherForm(string allowed)
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedOrigins.Add(allowed));
        var below = allowed.Contains('*', StringComparison.Ordinal) ? "app." : "";

        Assert.Equal(101, (await AskAsync(hub, "GET", "/ws", null, $"Origin: https://{below}xn--q9jyb4c.example\r\n")).Status);
    }

    [Theory]
    [InlineData("http://hub.example")]
    [InlineData("hub.example:8080")]
    [InlineData("hub.example/")]
    [InlineData("*.example")]
    [InlineData("")]
    public void AllowedHost_ThatIsNoName_IsRefused(string name)
    {
        var options = new KodamaOptions { AllowedHosts = { name } };

        Assert.Contains("is not the name of a host", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ws")]
    [InlineData("/nowhere")]
    public async Task Host_OfAForeignName_IsAPageForABrowser(string path)
    {
        await using var hub = await TestHub.StartAsync(o => o.Details["secret"] = "tea");

        var answer = await AskAsync(hub, "GET", path, "<b>evil.example", "Accept: text/html,*/*\r\n");
        var other = await AskAsync(hub, "GET", path, "evil.example", "Accept: text/html,*/*\r\n");

        Assert.Equal((400, 403), (answer.Status, other.Status));
        Assert.Equal("text/html; charset=utf-8", other.Header("Content-Type"));
        Assert.Contains("<code>--allowed-host evil.example</code>", other.Body, StringComparison.Ordinal);
        Assert.Contains("lang=\"ja\"", other.Body, StringComparison.Ordinal);
        Assert.Equal("no-store", other.Header("Cache-Control"));
        Assert.Contains("default-src 'none'", other.Header("Content-Security-Policy"), StringComparison.Ordinal);
        // Whoever has pointed a name of their own at the hub may read it.
        Assert.DoesNotContain("tea", other.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Http.Authority, other.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$(reboot).evil.example")]
    [InlineData("evil.example&reboot")]
    [InlineData("-x.evil.example")]
    public async Task Host_ThatIsNoName_IsNotToldAsAnOptionToCopy(string host)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(hub, "GET", "/", host, "Accept: text/html\r\n");

        Assert.Equal((403, "text/html; charset=utf-8"), (answer.Status, answer.Header("Content-Type")));
        Assert.DoesNotContain("--allowed-host ", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_OfThisMachine_IsAllowed()
    {
        await using var hub = await TestHub.StartAsync();

        Assert.Equal(200, (await AskAsync(hub, "GET", "/api/hub", Environment.MachineName)).Status);
    }

    [Fact]
    public async Task Host_Any_IsAllowedByAStar()
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedHosts.Add("*"));

        Assert.Equal(200, (await AskAsync(hub, "GET", "/api/hub", "anything.example")).Status);
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws/room")]
    public async Task Origin_OfAnotherHost_CannotShakeHands(string path)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(hub, "GET", path, null, "Origin: http://evil.example\r\n");

        Assert.Equal(403, answer.Status);
        Assert.Contains("\"code\":\"ORIGIN_NOT_ALLOWED\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, hub.Connections.Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}", 101)]
    [InlineData("https://127.0.0.1:{port}", 101)]
    [InlineData("https://app.example", 101)]
    [InlineData("https://deep.down.example.net", 101)]
    [InlineData("http://127.0.0.1:1", 403)]
    [InlineData("http://127.0.0.1", 403)]
    [InlineData("http://app.example", 403)]
    [InlineData("https://app.example:8443", 403)]
    [InlineData("https://app.example.evil.example", 403)]
    [InlineData("https://example.net", 403)]
    [InlineData("https://evilexample.net", 403)]
    [InlineData("http://localhost:3000", 101)]
    [InlineData("http://localhost", 101)]
    [InlineData("http://LOCALHOST:65535", 101)]
    [InlineData("http://[::1]:5173", 101)]
    [InlineData("http://[::1]", 101)]
    [InlineData("https://localhost:3000", 403)]
    [InlineData("http://localhost:3000.evil.example", 403)]
    [InlineData("http://localhost.evil.example:3000", 403)]
    [InlineData("http://evil.example:3000", 403)]
    [InlineData("http://localhost:", 403)]
    [InlineData("http://localhost:3000x", 403)]
    [InlineData("http://localhost:3000:3000", 403)]
    [InlineData("http://evil.example,http://localhost:3000", 403)]
    [InlineData("https://slash.example", 101)]
    [InlineData("http://port.example", 101)]
    [InlineData("http://port.example:8080", 403)]
    [InlineData("https://deep.down.any.example:8443", 101)]
    [InlineData("https://any.example:8443", 403)]
    [InlineData("null", 403)]
    [InlineData("mailto:a@127.0.0.1", 403)]
    [InlineData("file://127.0.0.1", 403)]
    [InlineData("nonsense", 403)]
    public async Task Origin_OfAHandshake_IsAllowedOrNot(string origin, int status)
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.AllowedOrigins.Add("https://app.example");
            o.AllowedOrigins.Add("https://*.example.net");
            o.AllowedOrigins.Add("http://localhost:*");
            o.AllowedOrigins.Add("http://[::1]:*/");
            o.AllowedOrigins.Add("https://slash.example/");
            o.AllowedOrigins.Add("http://port.example:80");
            o.AllowedOrigins.Add("https://*.any.example:*");
        });
        origin = origin.Replace("{port}", $"{hub.Http.Port}", StringComparison.Ordinal);

        Assert.Equal(status, (await AskAsync(hub, "GET", "/ws", null, $"Origin: {origin}\r\n")).Status);
    }

    [Theory]
    [InlineData("localhost:3000")]
    [InlineData("http://localhost:3000//")]
    [InlineData("http://localhost:3000/app")]
    [InlineData("http://localhost:3000?app")]
    [InlineData("http://me@localhost:3000")]
    [InlineData("http://localhost:**")]
    [InlineData("app.example")]
    [InlineData("")]
    public void AllowedOrigin_ThatIsNone_IsRefused(string origin)
    {
        var options = new KodamaOptions { AllowedOrigins = { origin } };

        Assert.Contains("is not an origin", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origin_OfAFile_IsAllowedAsNull()
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedOrigins.Add("null"));

        Assert.Equal(101, (await AskAsync(hub, "GET", "/ws", null, "Origin: null\r\n")).Status);
    }

    [Fact]
    public async Task Origin_OfAnotherHost_CannotPublish()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();

        var answer = await AskAsync(hub, "POST", "/api/rooms/lobby/messages", null, "Origin: http://evil.example\r\n");

        Assert.Equal(403, answer.Status);
        Assert.Contains("\"code\":\"ORIGIN_NOT_ALLOWED\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, hub.Hub.FindRoom("lobby")!.Offset);
    }

    [Theory]
    [InlineData("/api/hub")]
    [InlineData("/api/rooms")]
    [InlineData("/api/peers")]
    public async Task Origin_OfAnotherHost_ReadsButTheBrowserKeepsItFromThePage(string path)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(hub, "GET", path, null, "Origin: http://evil.example\r\n");

        Assert.Equal(200, answer.Status);
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("Origin: http://evil.example\r\n")]
    [InlineData("Sec-Fetch-Site: cross-site\r\n")]
    [InlineData("Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors\r\n")]
    public async Task Page_OfAnotherHost_OpensNoStream(string headers)
    {
        await using var hub = await TestHub.StartAsync();

        foreach (var path in new[] { "/api/rooms/lobby/events?name=Yui", "/api/events" })
        {
            var answer = await AskAsync(hub, "GET", path, null, headers);
            Assert.Equal(403, answer.Status);
            Assert.Contains("\"code\":\"ORIGIN_NOT_ALLOWED\"", answer.Body, StringComparison.Ordinal);
        }
        Assert.Equal(0, hub.Hub.PeerCount);
        Assert.Empty(hub.Hub.Rooms);
    }

    [Theory]
    [InlineData("Origin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\n")]
    [InlineData("Origin: https://app.example\r\nSec-Fetch-Site: cross-site\r\n")]
    [InlineData("Sec-Fetch-Site: same-origin\r\n")]
    [InlineData("Sec-Fetch-Site: none\r\n")]
    public async Task Page_OfTheHubOrAnAllowedOne_OpensStreams(string headers)
    {
        await using var hub = await TestHub.StartAsync(options => options.AllowedOrigins.Add("https://app.example"));
        headers = headers.Replace("{port}", $"{hub.Http.Port}", StringComparison.Ordinal);

        foreach (var path in new[] { "/api/rooms/lobby/events", "/api/events" })
        {
            Assert.Equal(200, (await AskAsync(hub, "HEAD", path, null, headers)).Status);
        }
    }

    [Theory]
    [InlineData("/api/hub")]
    [InlineData("/api/rooms")]
    [InlineData("/api/events")]
    [InlineData("/api/rooms/lobby/messages")]
    public async Task Preflight_OfAnAllowedOrigin_IsAnswered(string path)
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Token = "secret";
            o.AllowedOrigins.Add("https://app.example");
        });
        const string Preflight = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n"
            + "Access-Control-Request-Private-Network: true\r\n";

        var allowed = await AskAsync(hub, "OPTIONS", path, null, "Origin: https://app.example\r\n" + Preflight);
        var refused = await AskAsync(hub, "OPTIONS", path, null, "Origin: https://evil.example\r\n" + Preflight);

        Assert.Equal(204, allowed.Status);
        Assert.Equal("https://app.example", allowed.Header("Access-Control-Allow-Origin"));
        Assert.Contains("POST", allowed.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("Authorization", allowed.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Equal("true", allowed.Header("Access-Control-Allow-Private-Network"));
        Assert.Equal(403, refused.Status);
        Assert.Null(refused.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Health_FromAnyOrigin_MayBeRead()
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(hub, "GET", "/health", null, "Origin: http://evil.example\r\n");

        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("""{"status":"ok"}""", answer.Body);
    }

    [Theory]
    [InlineData("PUT", "/api/rooms")]
    [InlineData("DELETE", "/api/rooms/lobby/messages")]
    [InlineData("POST", "/api/hub")]
    [InlineData("POST", "/")]
    public async Task Method_ThatNoEndpointHas_IsRefused(string method, string path)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(hub, method, path, null);

        Assert.Equal(405, answer.Status);
        Assert.Equal("Kodama local-websocket/1.0.0", answer.Header("Server"));
        Assert.Contains("\"code\":\"METHOD_NOT_ALLOWED\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains($"this path takes {answer.Header("Allow")}.", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere", "<a href=\"/\">The hub's page</a>")]
    [InlineData("/trust", "kodama serve --https")]
    public async Task Path_ThatNoEndpointHas_IsAPageForABrowser(string path, string said)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(hub, "GET", path, null, "Accept: text/html,*/*\r\n");

        Assert.Equal((404, "text/html; charset=utf-8"), (answer.Status, answer.Header("Content-Type")));
        Assert.Contains(said, answer.Body, StringComparison.Ordinal);
        Assert.Contains("lang=\"ja\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Icon_ThatBrowsersAskForByThemselves_IsNone()
    {
        await using var hub = await TestHub.StartAsync();

        Assert.Equal(204, (await AskAsync(hub, "GET", "/favicon.ico", null)).Status);
    }

    [Theory]
    [InlineData("GET", "/nowhere")]
    [InlineData("POST", "/favicon.ico")]
    [InlineData("POST", "/api/rooms/lobby")]
    public async Task Path_ThatNoEndpointHas_IsAnsweredInTheHubsForm(string method, string path)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await AskAsync(hub, method, path, null);

        Assert.Equal(404, answer.Status);
        Assert.Equal("Kodama local-websocket/1.0.0", answer.Header("Server"));
        Assert.StartsWith("{\"error\":{\"code\":\"NOT_FOUND\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal(403, (await AskAsync(hub, method, path, "evil.example")).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    [InlineData("/api/hub")]
    [InlineData("/api/peers")]
    [InlineData("/assets/none.js")]
    [InlineData("/nowhere")]
    public async Task Answer_OfEveryKind_MayNotBeTakenForAnother(string path)
    {
        await using var hub = await TestHub.StartAsync();

        Assert.Equal("nosniff", (await AskAsync(hub, "GET", path, null)).Header("X-Content-Type-Options"));
    }

    private static async Task<RawResponse> AskAsync(TestHub hub, string method, string path, string? host, string headers = "")
    {
        await using var client = await hub.RawAsync();
        var handshake = path.StartsWith("/ws", StringComparison.Ordinal) ? WebSocketHeaders : "";
        var body = method is "POST" or "PUT" ? "Content-Length: 2\r\n" : "";
        await client.SendTextAsync(
            $"{method} {path} HTTP/1.1\r\nHost: {host ?? client.Authority}\r\n{headers}{handshake}{body}\r\n"
            + (body.Length > 0 ? "hi" : ""));
        if (method != "HEAD") return (await client.ReadResponseAsync())!;
        return new RawResponse(await client.ReadHeadAsync());
    }
}
