using System.Net;

namespace Kodama.SocketIO.Tests;

/// <summary>What programs hear of a server, and do to its answers.</summary>
public sealed class EngineServerTests
{
    [Theory]
    [InlineData("GET", "EIO=4&transport=abc", 0, "Transport unknown", "transport=abc")]
    [InlineData("GET", "EIO=4&transport=polling&sid=abc", 1, "Session ID unknown", "sid=abc")]
    [InlineData("POST", "EIO=4&transport=polling", 2, "Bad handshake method", "method=POST")]
    [InlineData("GET", "EIO=4&transport=websocket", 3, "Bad request", "name=TRANSPORT_HANDSHAKE_ERROR")]
    [InlineData("GET", "EIO=4&transport=polling&no=1", 4, "Forbidden", "message=not today")]
    [InlineData("GET", "EIO=3&transport=polling", 5, "Unsupported protocol version", "protocol=3")]
    [InlineData(
        "GET", "EIO=4&transport=websocket&sid=$", 3, "Bad request",
        "name=TRANSPORT_MISMATCH, transport=websocket, previousTransport=polling")]
    [InlineData("GET", "EIO=3&transport=polling&sid=$", 3, "Bad request", "name=PROTOCOL_MISMATCH, protocol=3, previousProtocol=4")]
    public async Task Request_Refused_IsToldAsByNode(string method, string query, int code, string message, string told)
    {
        await using var engine = await TestEngine.StartAsync(o => o.AllowRequest = context => new(context.Request.Query.ContainsKey("no")
            ? Kodama.Server.AuthenticationResult.Refuse("not today")
            : Kodama.Server.AuthenticationResult.Success));
        var errors = new List<ConnectionError>();
        var paths = new List<string>();
        engine.Engine.OnConnectionError(error =>
        {
            errors.Add(error);
            paths.Add(error.HttpContext.Request.Path);
        });
        var sid = await engine.OpenAsync();
        using var request = new HttpRequestMessage(
            new HttpMethod(method), $"{TestEngine.Path}?{query.Replace("$", sid, StringComparison.Ordinal)}");

        using var response = await engine.Client.SendAsync(request).Within();

        var error = Assert.Single(errors);
        Assert.Equal((code, message), (error.Code, error.Message));
        Assert.Equal(told, string.Join(", ", error.Context.Select(pair => $"{pair.Key}={pair.Value}")));
        Assert.Equal(["/socket.io/"], paths);
    }

    [Fact]
    public async Task Headers_OfTheProgram_AreOnTheFirstAnswerAndOnEach()
    {
        await using var engine = await TestEngine.StartAsync(o => o.Cookie = new SessionCookie());
        engine.Engine
            .OnInitialHeaders(context => context.Response.Cookies.Append("a", "1"))
            .OnHeaders(context => context.Response.Headers["X-Sid"] = $"{context.Request.Query["sid"]}");

        using var open = await engine.GetAsync("EIO=4&transport=polling");
        var sid = engine.Handler.Session.Id;
        using var post = await engine.PostAsync(sid, "4x");
        using var poll = await engine.GetAsync(TestEngine.Polling(sid));
        using var refused = await engine.GetAsync(TestEngine.Polling("none"));
        await using var first = await RawClient.ConnectAsync(engine.Http);
        var head = await first.UpgradeAsync($"{TestEngine.Path}?EIO=4&transport=websocket");
        await using var upgrading = await RawClient.ConnectAsync(engine.Http);
        var upgrade = await upgrading.UpgradeAsync($"{TestEngine.Path}?{TestEngine.WebSocket(sid)}");

        Assert.Equal([$"io={sid}; Path=/; HttpOnly; SameSite=Lax", "a=1; path=/"], open.Headers.GetValues("Set-Cookie"));
        Assert.Equal(["", sid, sid], new[] { open, post, poll }.Select(response => response.Headers.GetValues("X-Sid").Single()));
        Assert.All([post, poll], response => Assert.False(response.Headers.Contains("Set-Cookie")));
        Assert.False(refused.Headers.Contains("X-Sid"));
        Assert.Contains("Set-Cookie: a=1; path=/\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"X-Sid: {sid}\r\n", upgrade, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", upgrade, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_ThatFails_LeavesTheAnswerAsItIs()
    {
        await using var engine = await TestEngine.StartAsync();
        engine.Engine
            .OnConnectionError(_ => throw new InvalidOperationException("On purpose."))
            .OnHeaders(_ => throw new InvalidOperationException("On purpose."));

        await engine.PostOkAsync(await engine.OpenAsync(), "4x");
        using var refused = await engine.GetAsync(TestEngine.Polling("none"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }
}
