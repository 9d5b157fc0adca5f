using System.Net;
using System.Security.Claims;
using Kodama.Testing;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Tests;

public sealed class AuthenticationTests
{
    private const string Guarded = "/api/peers";
    private const string Missing =
        """{"error":{"code":"AUTHENTICATION_FAILED","message":"A token is required: ?token=... or Authorization: Bearer ...","""
        + "\"statusCode\":401}}";
    private const string Wrong = """{"error":{"code":"AUTHENTICATION_FAILED","message":"The token is wrong.","statusCode":403}}""";

    [Theory]
    [InlineData("", null, 401, Missing)]
    [InlineData("?token=", null, 403, Wrong)]
    [InlineData("?token=wrong", null, 403, Wrong)]
    [InlineData("?token=secret", null, 200, null)]
    [InlineData("", "Bearer wrong", 403, Wrong)]
    [InlineData("", "bearer secret", 200, null)]
    [InlineData("?token=secret", "Bearer wrong", 403, Wrong)]
    [InlineData("", "Basic c2VjcmV0", 401, Missing)]
    public async Task Token_InQueryOrHeader_LetsInWhoKnowsIt(string query, string? authorization, int status, string? body)
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");
        using var request = new HttpRequestMessage(HttpMethod.Get, Guarded + query);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var answer = await hub.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        if (body is not null) Assert.Equal(body, await answer.Content.ReadAsStringAsync());
        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.ToString() == "Bearer");
    }

    [Theory]
    [InlineData("GET", "/ws", 426)]
    [InlineData("GET", "/api/rooms", 401)]
    [InlineData("GET", "/api/peers", 401)]
    [InlineData("GET", "/api/stats", 401)]
    [InlineData("GET", "/api/events", 401)]
    [InlineData("POST", "/api/rooms/lobby/messages", 401)]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/health", 200)]
    [InlineData("GET", "/api/hub", 200)]
    public async Task Endpoint_WithoutTheToken_IsGuardedOrOpen(string method, string path, int status)
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await hub.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Handshake_WithoutTheToken_IsRefusedWithTheBody()
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");
        await using var refused = await hub.RawAsync();
        await refused.SendTextAsync(refused.UpgradeHead("/ws"));
        var answer = (await refused.ReadResponseAsync())!;

        Assert.Equal(401, answer.Status);
        Assert.Equal(Missing, answer.Body);
        await using var byQuery = await hub.JoinAsync("/ws?token=secret");
        await using var byHeader = await hub.JoinAsync("/ws", o => o.SetRequestHeader("Authorization", "Bearer secret"));
        Assert.Empty(byQuery.Peer!.Details);
    }

    [Theory]
    [InlineData(null, 401, "The header X-Api-Key is required.")]
    [InlineData("wrong", 403, "The header X-Api-Key is wrong.")]
    [InlineData("right", 200, null)]
    public async Task Header_WithTheValue_LetsIn(string? value, int status, string? message)
    {
        await using var hub = await TestHub.StartAsync(o => o.Authenticators.Add(new HeaderAuthenticator("X-Api-Key", "right")));
        using var request = new HttpRequestMessage(HttpMethod.Get, Guarded);
        if (value is not null) request.Headers.Add("X-Api-Key", value);

        using var answer = await hub.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        if (message is not null) Assert.Equal(Error(message, status), await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.99/24", true)]
    [InlineData("::1, 127.0.0.1/32", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("fd00::/8", false)]
    public async Task Address_InTheNetwork_LetsIn(string networks, bool allowed)
    {
        await using var hub = await TestHub.StartAsync(o => o.Authenticators.Add(new AddressAuthenticator(networks.Split(", "))));

        using var answer = await hub.Client.GetAsync(Guarded);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        if (!allowed) Assert.Equal(Error("Address 127.0.0.1 may not come in.", 403), await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("10.0.0.0/33")]
    public void Address_ThatIsNone_IsAnError(string text) =>
        Assert.Contains(text, Assert.Throws<ArgumentException>(() => new AddressAuthenticator(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task AllOf_Several_StopsAtTheFirstRefusalAndJoinsWhatWasLearned()
    {
        var first = Authenticator.Create(_ =>
            AuthenticationResult.Accept(Person("first"), new Dictionary<string, string> { ["a"] = "1", ["b"] = "1" }));
        var second = Authenticator.Create(_ => AuthenticationResult.Accept(null, new Dictionary<string, string> { ["b"] = "2" }));
        var refusing = Authenticator.Create(_ => AuthenticationResult.Refuse("no", 418));
        var never = Authenticator.Create(_ => throw new InvalidOperationException("asked after a refusal"));

        var accepted = await Authenticator.AllOf(first, second).AuthenticateAsync(new DefaultHttpContext(), CancellationToken.None);
        var refused = await Authenticator.AllOf(first, refusing, never).AuthenticateAsync(new DefaultHttpContext(), CancellationToken.None);

        Assert.True(accepted.IsSuccess);
        Assert.Equal("first", accepted.Principal!.Identity!.Name);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, accepted.Details!.ToDictionary());
        Assert.Equal((false, "no", 418), (refused.IsSuccess, refused.Reason, refused.StatusCode));
    }

    [Fact]
    public async Task AnyOf_Several_TakesTheFirstThatLetsInAndElseTellsTheLastRefusal()
    {
        var no = Authenticator.Create(_ => AuthenticationResult.Refuse("first no", 401));
        var yes = Authenticator.Create(_ => AuthenticationResult.Accept(Person("yes")));
        var last = Authenticator.Create(_ => AuthenticationResult.Refuse("last no"));

        var accepted = await Authenticator.AnyOf(no, yes, last).AuthenticateAsync(new DefaultHttpContext(), CancellationToken.None);
        Assert.Equal("yes", accepted.Principal!.Identity!.Name);
        var refused = await Authenticator.AnyOf(no, last).AuthenticateAsync(new DefaultHttpContext(), CancellationToken.None);
        Assert.Equal("last no", refused.Reason);
        Assert.Throws<ArgumentException>(() => Authenticator.AnyOf());
    }

    [Fact]
    public async Task Lambda_ThatTakesTime_DelaysOnlyItsOwnRequest()
    {
        var open = new TaskCompletionSource();
        await using var hub = await TestHub.StartAsync(o => o.Authenticators.Add(Authenticator.Create(async (context, _) =>
        {
            if (context.Request.Query.ContainsKey("slow")) await open.Task;
            return AuthenticationResult.Success;
        })));

        var slow = hub.ConnectAsync("/ws?slow=1");
        await using var quick = await hub.JoinAsync();
        Assert.False(slow.IsCompleted);
        open.SetResult();

        await using var came = await slow.Within();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Authenticator_ThatThrows_RefusesWith500AndIsLogged(bool cancelled)
    {
        await using var hub = await TestHub.StartAsync(o => o.Authenticators.Add(Authenticator.Create((_, _) =>
            throw (cancelled ? new TaskCanceledException("its own time-out") : new InvalidOperationException("its own fault")))));

        using var answer = await hub.Client.GetAsync(Guarded);

        Assert.Equal(Error("The hub failed to authenticate the request.", 500), await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains(hub.Log.Errors, e => e.Id.Id == 220);
    }

    [Fact]
    public async Task Authenticator_ThatLearned_CountsMoreThanTheQuery()
    {
        await using var hub = await TestHub.StartAsync(o => o.Authenticators.Add(Authenticator.Create(
            _ => AuthenticationResult.Accept(Person("yui"), new Dictionary<string, string> { ["role"] = "user" }))));

        await using var client = await hub.JoinAsync("/ws?role=admin&name=Yui");

        Assert.Equal("yui", client.Peer!.Principal!.Identity!.Name);
        Assert.Equal(new Dictionary<string, string> { ["role"] = "user", ["name"] = "Yui" }, client.Peer.Details.ToDictionary());
    }

    private static string Error(string message, int status) =>
        "{\"error\":{\"code\":\"AUTHENTICATION_FAILED\",\"message\":\"" + message + "\",\"statusCode\":" + status + "}}";

    private static ClaimsPrincipal Person(string name) => new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "test"));
}
