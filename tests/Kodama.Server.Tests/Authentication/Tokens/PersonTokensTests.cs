using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Kodama.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama.Server.Tests;

/// <summary>What a person's token opens at a hub that runs, and how it ends (docs/specs/tokens.md).</summary>
public sealed class PersonTokensTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock clock = new();
    private readonly string root = Directory.CreateTempSubdirectory("kodama-tokens-").FullName;
    private readonly TokenFolder tokens;

    public PersonTokensTests() => tokens = TokenFolder.Open(Path.Combine(root, "tokens"), clock);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("", 401)]
    [InlineData("?token=", 403)]
    [InlineData("?token=open-sesame", 403)]
    [InlineData("?token={other}", 403)]
    [InlineData("?token={own}", 200)]
    public async Task Hub_LetsNobodyInWithoutAToken(string query, int status)
    {
        var other = TokenFolder.Open(Path.Combine(root, "other"), clock).Create("Eve", [], TokenRights.Admin, Hour).Token;
        await using var hub = await StartAsync();

        using var answer = await hub.Client.GetAsync("/api/rooms" + query.Replace("{other}", other).Replace("{own}", Anna(out _)));

        Assert.Equal(status, (int)answer.StatusCode);
        using var about = JsonDocument.Parse(await hub.Client.GetStringAsync("/api/hub"));
        Assert.True(about.RootElement.GetProperty("tokenRequired").GetBoolean());
    }

    [Fact]
    public async Task HubsToken_BesideThem_LetsInWithoutLimits()
    {
        await using var hub = await StartAsync(o => o.Token = "open-sesame");

        await using var peer = await hub.JoinAsync("/ws/anything?token=open-sesame&name=Ben");
        await using var anna = await hub.JoinAsync($"/ws/lobby?token={Anna(out _)}");

        Assert.Equal("Ben", peer.Peer!.Details["name"]);
        Assert.Equal("Anna", anna.Peer!.Details["name"]);
    }

    [Fact]
    public async Task Name_IsTheTokens_WhateverTheClientSays()
    {
        await using var hub = await StartAsync(o => o.DefaultRoom = "lobby");

        await using var peer = await hub.JoinAsync($"/ws?name=Ben&floor=2&token={Anna(out _)}");

        Assert.Equal("Anna", peer.Peer!.Details["name"]);
        Assert.Equal("2", peer.Peer.Details["floor"]);
        Assert.Equal("Anna", peer.Peer.Principal!.Identity!.Name);
    }

    [Fact]
    public async Task Room_BesideThoseOfTheToken_IsRefused_AndNotToldOf()
    {
        await using var hub = await StartAsync();
        var all = tokens.Create("Ben", [], TokenRights.Write, Hour).Token;
        await using var ben = await hub.JoinAsync($"/ws/secret?token={all}");
        var anna = Anna(out _);

        await using (var peer = await hub.ConnectAsync($"/ws/secret?token={anna}"))
            Assert.Equal((3000, "The token of Anna is not for room secret."), await peer.ReceiveCloseAsync());
        await using (await hub.JoinAsync($"/ws/game%2F1?token={anna}"))
        {
            Assert.Equal(["game/1"], await RoomsAsync(hub, anna));
            Assert.Equal(["game/1", "secret"], (await RoomsAsync(hub, all)).Order());
        }
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms/secret/messages", anna));
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Post, "/api/rooms/secret/messages", anna));
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms/secret/events", anna));
        Assert.Equal(202, await AskAsync(hub, HttpMethod.Post, "/api/rooms/lobby/messages", anna));
    }

    [Fact]
    public async Task Reader_HearsAndSaysNothing()
    {
        await using var hub = await StartAsync();
        var reader = tokens.Create("Rita", ["lobby"], TokenRights.Read, Hour).Token;
        await using var rita = await hub.JoinAsync($"/ws/lobby?token={reader}");
        await using var anna = await hub.JoinAsync($"/ws/lobby?token={Anna(out _)}");

        await rita.SendAsync("not to be heard");
        await anna.SendAsync("Hello");

        Assert.Equal("Hello", await rita.ReceiveTextAsync());
        Assert.Equal(RoomRights.Read | RoomRights.History, rita.Peer!.RightsIn(rita.Peer.Room!));
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Post, "/api/rooms/lobby/messages", reader));
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Put, "/api/rooms/lobby/state/key", reader));
        Assert.Equal(200, await AskAsync(hub, HttpMethod.Get, "/api/rooms/lobby/messages", reader));
    }

    [Theory]
    [InlineData("lobby", "The token of Rita is for reading only.")]
    [InlineData("secret", "The token of Rita is not for room secret.")]
    public async Task Reader_WhoPublishesByHttp_IsToldThatItsTokenIsTheCause(string room, string told)
    {
        await using var hub = await StartAsync();
        var reader = tokens.Create("Rita", ["lobby"], TokenRights.Read, Hour).Token;
        using var content = new StringContent("Hello");

        using var answer = await hub.Client.PostAsync($"/api/rooms/{room}/messages?token={reader}", content);

        Assert.Contains(told, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoked_EndsWhoHoldsIt_AndLetsNobodyInAnyMore()
    {
        await using var hub = await StartAsync();
        var (token, id) = (Anna(out var says), says.Id);
        await using var raw = await hub.JoinAsync($"/ws/lobby?token={token}");
        await using var v1 = await V1Client.GreetAsync(hub, $"?token={token}");
        await using var ben = await hub.JoinAsync($"/ws/lobby?token={tokens.Create("Ben", [], TokenRights.Write, Hour).Token}");
        using var room = await SseReader.OpenAsync(hub.Client, $"/api/rooms/lobby/events?token={token}");
        using var events = await SseReader.OpenAsync(hub.Client, $"/api/events?token={token}");
        Assert.Equal("snapshot", (await events.ReadAsync())!.Name);

        tokens.Revoke(id);
        clock.Advance(Second);

        Assert.Equal((4001, "The token has been revoked."), await raw.ReceiveCloseAsync());
        Assert.Equal(4001, (await v1.Peer.ReceiveCloseAsync()).Code);
        Assert.Equal(4001, (await room.ReadAsync("close")).Data.GetProperty("code").GetInt32());
        while (await events.ReadAsync() is not null)
        {
        }
        using var answer = await hub.Client.GetAsync($"/api/rooms?token={token}");
        Assert.Contains("The token has been revoked.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("Ben", Assert.Single(hub.Hub.Peers).Details["name"]);
    }

    [Fact]
    public async Task Expired_ToTheSecond()
    {
        await using var hub = await StartAsync();
        var (token, says) = tokens.Create("Anna", ["lobby"], TokenRights.Write, Hour);
        await using var peer = await hub.JoinAsync($"/ws/lobby?token={token}");

        clock.Advance(Hour - TimeSpan.FromTicks(1));
        Assert.Equal(200, await AskAsync(hub, HttpMethod.Get, "/api/rooms", token));
        Assert.Single(hub.Hub.Peers);
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(says.Expires, clock.GetUtcNow());
        Assert.Equal((4005, "The token has expired."), await peer.ReceiveCloseAsync());
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms", token));
    }

    [Fact]
    public async Task Revoked_BeforeTheHubLooks_IsSeenByWhoComesLater()
    {
        await using var hub = await StartAsync();
        var token = Anna(out var says);
        tokens.Revoke(says.Id);

        clock.Advance(Second);

        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms", token));
        // At the start of another, too.
        await using var next = await StartAsync();
        Assert.Equal(403, await AskAsync(next, HttpMethod.Get, "/api/rooms", token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Revoked_StaysSo_WhateverBecomesOfTheFile(bool isDamaged)
    {
        await using var hub = await StartAsync();
        var (token, file) = (Anna(out var says), Path.Combine(tokens.Folder, "revoked"));
        tokens.Revoke(says.Id);
        clock.Advance(Second);

        if (isDamaged) File.WriteAllText(file, "no id!\n");
        else File.Delete(file);
        clock.Advance(Second * 3);

        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms", token));
        Assert.Equal(200, await AskAsync(hub, HttpMethod.Get, "/api/rooms", tokens.Create("Ben", [], TokenRights.Read, Hour).Token));
        Assert.Single(hub.Log.Errors);
    }

    /// <summary>As when one hub's list is copied to another.</summary>
    [Fact]
    public async Task Revoked_ByAListOfTheSameLength_IsSeen()
    {
        await using var hub = await StartAsync();
        var (first, second) = (Anna(out var one), Anna(out var two));
        var file = Path.Combine(tokens.Folder, "revoked");
        tokens.Revoke(one.Id);
        clock.Advance(Second);
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms", first));

        File.WriteAllText(file, $"{two.Id}\n");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(10));
        clock.Advance(Second);

        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms", first));
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms", second));
    }

    /// <summary>One bad line must not let in those behind it.</summary>
    [Fact]
    public async Task Revoked_BehindABadLine_Counts()
    {
        await using var hub = await StartAsync();
        var token = Anna(out var says);

        File.AppendAllText(Path.Combine(tokens.Folder, "revoked"), $"no id!\n{says.Id}\r\n");
        clock.Advance(Second);

        Assert.Equal(403, await AskAsync(hub, HttpMethod.Get, "/api/rooms", token));
        Assert.Single(hub.Log.Errors);
    }

    [Fact]
    public async Task Admin_RunsTheHub_ByTheHeaderAlone_UntilRevoked()
    {
        await using var hub = await StartAsync();
        var (admin, says) = tokens.Create("Olga", [], TokenRights.Admin, Hour);

        Assert.Equal(401, await AskAsync(hub, HttpMethod.Post, $"/api/admin/messages?token={admin}", null));
        Assert.Equal(403, await AskAsync(hub, HttpMethod.Post, "/api/admin/messages", Anna(out _)));
        Assert.Equal(202, await AskAsync(hub, HttpMethod.Post, "/api/admin/messages", admin));
        using var events = await SseReader.OpenAsync(hub.Client, $"/api/events?token={admin}");

        tokens.Revoke(says.Id);
        clock.Advance(Second);

        Assert.Equal(403, await AskAsync(hub, HttpMethod.Post, "/api/admin/messages", admin));
        while (await events.ReadAsync() is not null)
        {
        }
    }

    [Fact]
    public async Task Limits_Stay_WhateverOtherAuthenticatorsLearn()
    {
        var login = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "anna@example.org")], "login"));
        await using var hub = await StartAsync(o => o.Authenticators.Add(
            Authenticator.Create(_ => AuthenticationResult.Accept(login, new Dictionary<string, string> { ["name"] = "Anna M." }))));
        var token = Anna(out var says);

        await using (var peer = await hub.ConnectAsync($"/ws/secret?token={token}"))
            Assert.Equal(3000, (await peer.ReceiveCloseAsync()).Code);
        await using var inside = await hub.JoinAsync($"/ws/lobby?token={token}");
        Assert.Equal("Anna M.", inside.Peer!.Details["name"]);
        Assert.Equal("anna@example.org", inside.Peer.Principal!.Identity!.Name);
        tokens.Revoke(says.Id);
        clock.Advance(Second);
        Assert.Equal(4001, (await inside.ReceiveCloseAsync()).Code);
    }

    private string Anna(out PersonToken says)
    {
        (var token, says) = tokens.Create("Anna", ["lobby", "game/*"], TokenRights.Write, Hour);
        return token;
    }

    [Fact]
    public async Task Token_OfARequest_IsLookedAtOnce()
    {
        var (options, counting) = (new KodamaOptions { AdminToken = "the-hubs-own-token" }, new CountingClock());
        options.UseTokens(tokens);
        using var persons = new PersonTokens(options, counting, NullLogger<PersonTokens>.Instance);
        var request = new DefaultHttpContext();
        request.Request.Headers.Authorization = $"Bearer {Anna(out _)}";

        Assert.False(new AdminAccess(options, persons).IsAdmin(request));
        Assert.True((await new EitherToken(null, persons).AuthenticateAsync(request, CancellationToken.None)).IsSuccess);
        Assert.Equal(1, counting.Asked);

        // One connection's requests are each looked at anew.
        request.Items.Clear();
        Assert.False(new AdminAccess(options, persons).IsAdmin(request));
        Assert.Equal(2, counting.Asked);
    }

    [Fact]
    public async Task AdminApi_MakesListsAndRevokes()
    {
        await using var hub = await StartAsync(o => o.AdminToken = "the-hubs-own-token");
        async Task<(int Status, JsonElement Body)> AdminAsync(HttpMethod method, string path, string? body = null, string? by = null)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", by ?? "the-hubs-own-token");
            if (body is not null) request.Content = new StringContent(body);
            using var answer = await hub.Client.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return ((int)answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
        }
        const string Path = "/api/admin/tokens";

        var (made, anna) = await AdminAsync(HttpMethod.Post, Path, """{"name":"Anna","rooms":["lobby"],"can":"read"}""");
        Assert.Equal(201, made);
        await using var peer = await hub.JoinAsync($"/ws/lobby?token={anna.GetProperty("token").GetString()}");
        Assert.Equal(RoomRights.Read | RoomRights.History, peer.Peer!.RightsIn(peer.Peer.Room!));
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromDays(30), anna.GetProperty("expires").GetDateTimeOffset());

        var listed = Assert.Single((await AdminAsync(HttpMethod.Get, Path)).Body.GetProperty("tokens").EnumerateArray());
        var id = listed.GetProperty("id").GetString()!;
        Assert.Equal(("Anna", "read", "lobby", false), (listed.GetProperty("name").GetString(), listed.GetProperty("can").GetString(),
            listed.GetProperty("rooms")[0].GetString(), listed.GetProperty("revoked").GetBoolean()));
        Assert.False(listed.TryGetProperty("token", out _));

        Assert.Equal(204, (await AdminAsync(HttpMethod.Delete, $"{Path}/{id}")).Status);
        // At once: the clock stands.
        Assert.Equal((4001, "The token has been revoked."), await peer.ReceiveCloseAsync());
        Assert.True((await AdminAsync(HttpMethod.Get, Path)).Body.GetProperty("tokens")[0].GetProperty("revoked").GetBoolean());

        Assert.Equal(400, (await AdminAsync(HttpMethod.Post, Path, """{"name":"Ben","can":"Write"}""")).Status);
        Assert.Equal(400, (await AdminAsync(HttpMethod.Post, Path, """{"rooms":[]}""")).Status);
        Assert.Equal(400, (await AdminAsync(HttpMethod.Post, Path, "{")).Status);
        Assert.Equal(400, (await AdminAsync(HttpMethod.Post, Path, """{"name":"Ben","expires":"2001-01-01T00:00:00Z"}""")).Status);
        Assert.Equal(400, (await AdminAsync(HttpMethod.Delete, $"{Path}/no%20id")).Status);
        Assert.Equal(403, (await AdminAsync(HttpMethod.Get, Path, by: Anna(out _))).Status);
    }

    [Fact]
    public async Task AdminApi_ByATokenThatEnds_MakesNoneThatLastsLonger()
    {
        await using var hub = await StartAsync();
        var (admin, says) = tokens.Create("Olga", [], TokenRights.Admin, Hour);
        async Task<HttpResponseMessage> MakeAsync(string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/admin/tokens") { Content = new StringContent(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", admin);
            return await hub.Client.SendAsync(request);
        }

        using var made = await MakeAsync("""{"name":"Ben"}""");
        Assert.Equal(says.Expires, JsonElement.Parse(await made.Content.ReadAsStringAsync()).GetProperty("expires").GetDateTimeOffset());
        using var longer = await MakeAsync($$"""{"name":"Ben","expires":"{{says.Expires.AddSeconds(1):O}}"}""");
        Assert.Equal(400, (int)longer.StatusCode);
    }

    [Fact]
    public async Task AdminApi_OfAHubWithoutTokens_SaysSo()
    {
        await using var hub = await TestHub.StartAsync(o => o.AdminToken = "the-hubs-own-token");

        Assert.Equal(404, await AskAsync(hub, HttpMethod.Get, "/api/admin/tokens", "the-hubs-own-token"));
    }

    private Task<TestHub> StartAsync(Action<KodamaOptions>? options = null) => TestHub.StartAsync(
        o =>
        {
            o.UseTokens(tokens);
            // Nobody answers while the clock leaps.
            o.PingInterval = TimeSpan.Zero;
            options?.Invoke(o);
        },
        clock: clock);

    private static async Task<int> AskAsync(TestHub hub, HttpMethod method, string path, string? token)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get) request.Content = new StringContent("Hello");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)answer.StatusCode;
    }

    private static async Task<List<string>> RoomsAsync(TestHub hub, string token)
    {
        using var rooms = JsonDocument.Parse(await hub.Client.GetStringAsync($"/api/rooms?token={token}"));
        return [.. rooms.RootElement.GetProperty("rooms").EnumerateArray().Select(room => room.GetProperty("name").GetString()!)];
    }

    private sealed class CountingClock : TimeProvider
    {
        public int Asked { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            Asked++;
            return new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        }
    }
}
