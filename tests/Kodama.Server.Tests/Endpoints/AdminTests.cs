using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

/// <summary>What whoever has the admin token may do and see, and nobody else (docs/specs/http.md).</summary>
public sealed class AdminTests
{
    private const string Token = "of-whoever-runs-the-hub";

    public static TheoryData<string, string> Everything => new()
    {
        { "POST", "/api/admin/messages" },
        { "GET", "/api/admin/rooms/lobby/messages" },
        { "POST", "/api/admin/rooms/lobby/messages" },
        { "GET", "/api/admin/rooms/lobby/state" },
        { "DELETE", "/api/admin/peers/x" },
        { "DELETE", "/api/admin/rooms/lobby" },
        { "PUT", "/api/admin/rooms/lobby/state/key" },
        { "DELETE", "/api/admin/rooms/lobby/state/key" },
    };

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Act_WithoutTheToken_IsRefused(string method, string path)
    {
        await using var hub = await StartAsync(o => o.Token = "of-who-may-join");
        await using var peer = await hub.JoinAsync("/ws?token=of-who-may-join");

        // On the hub's machine, by its own token, by the query and by halves: none is the admin's.
        Assert.Equal((401, "ADMIN_TOKEN_REQUIRED"), await AskAsync(hub, method, path));
        Assert.Equal((401, "ADMIN_TOKEN_REQUIRED"), await AskAsync(hub, method, $"{path}?token={Token}"));
        Assert.Equal((401, "ADMIN_TOKEN_REQUIRED"), await AskAsync(hub, method, path, $"Authorization: Basic {Token}\r\n"));
        Assert.Equal((403, "ADMIN_TOKEN_WRONG"), await AskAsync(hub, method, path, "Authorization: Bearer of-who-may-join\r\n"));
        Assert.Equal((403, "ADMIN_TOKEN_WRONG"), await AskAsync(hub, method, path, $"Authorization: Bearer {Token}x\r\n"));
        Assert.Equal((401, "ADMIN_TOKEN_REQUIRED"), await AskAsync(hub, method, path, "Authorization: Bearer \r\n"));
        Assert.Equal((0, 1), ((int)hub.Hub.FindRoom("lobby")!.Offset, hub.Hub.PeerCount));
        Assert.DoesNotContain(hub.Log.Entries, entry => entry.Message.Contains(Token, StringComparison.Ordinal)
            && entry.Level >= LogLevel.Warning);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Act_OfAHubWithoutAToken_IsRefused(string method, string path)
    {
        await using var hub = await TestHub.StartAsync();

        Assert.Equal((403, "NO_ADMIN"), await AskAsync(hub, method, path, $"Authorization: Bearer {Token}\r\n"));
        Assert.Equal((403, "NO_ADMIN"), await AskAsync(hub, method, path, "Authorization: Bearer\r\n"));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Act_OfAPageOfAnotherHost_IsRefusedThoughItsOriginIsAllowed(string method, string path)
    {
        await using var hub = await StartAsync(o => o.AllowedOrigins.Add("*"));
        const string Headers = $"Authorization: Bearer {Token}\r\n";

        foreach (var page in new[] { "Origin: https://app.example\r\n", "Sec-Fetch-Site: cross-site\r\n", "Origin: null\r\n" })
        {
            await using var client = await hub.RawAsync();
            await client.SendTextAsync(
                $"{method} {path} HTTP/1.1\r\nHost: {client.Authority}\r\n{Headers}{page}Content-Length: 0\r\n\r\n");
            var answer = (await client.ReadResponseAsync())!;
            Assert.Equal(403, answer.Status);
            Assert.Contains("ORIGIN_NOT_ALLOWED", answer.Body, StringComparison.Ordinal);
            Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        }
        Assert.Equal((405, "METHOD_NOT_ALLOWED"), await AskAsync(hub, "OPTIONS", path, "Origin: https://app.example\r\n"));
        var own = $"{Headers}Origin: {hub.Http.GetLeftPart(UriPartial.Authority)}\r\n";
        Assert.NotEqual((403, "ORIGIN_NOT_ALLOWED"), await AskAsync(hub, method, path, own));
    }

    [Fact]
    public async Task Announcement_ToAll_ReachesEveryPeerAndIsNotFiltered()
    {
        await using var hub = await StartAsync(o => o.Rules.Filters.Add(new LambdaFilter(_ => new(FilterResult.Drop("no")))));
        await using var yui = await hub.JoinAsync("/ws/tea");
        await using var ren = await hub.JoinAsync("/ws/lobby");

        using var said = await SendAsync(hub, HttpMethod.Post, "messages", "hello");
        using var done = await SendAsync(hub, HttpMethod.Post, "messages?event=notice", "[1,2]");

        Assert.Equal((HttpStatusCode.Accepted, """{"receivers":2}"""), (said.StatusCode, await said.Content.ReadAsStringAsync()));
        foreach (var peer in new[] { yui, ren })
        {
            Assert.Equal("hello", await peer.ReceiveTextAsync());
            Assert.Equal("""{"event":"notice","args":[1,2]}""", await peer.ReceiveTextAsync());
        }
    }

    [Fact]
    public async Task Announcement_InARoom_HasItsPlaceAndNoAuthor()
    {
        await using var hub = await StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea");
        await using var ren = await hub.JoinAsync("/ws/lobby");

        using var said = await SendAsync(hub, HttpMethod.Post, "rooms/tea/messages", "hello");
        var page = await hub.Client.GetFromJsonAsync<JsonElement>("/api/rooms/tea/messages");

        Assert.Equal(HttpStatusCode.Accepted, said.StatusCode);
        var answer = await said.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((1L, 1), (answer.GetProperty("offset").GetInt64(), answer.GetProperty("receivers").GetInt32()));
        Assert.Equal("hello", await yui.ReceiveTextAsync());
        var entry = Assert.Single(page.GetProperty("messages").EnumerateArray());
        Assert.Equal("hello", entry.GetProperty("text").GetString());
        Assert.False(entry.TryGetProperty("from", out _));
        Assert.Equal(0, hub.Hub.FindRoom("lobby")!.Offset);
    }

    [Theory]
    [InlineData("POST", "rooms/none/messages", "NO_SUCH_ROOM", 404)]
    [InlineData("GET", "rooms/none/messages", "NO_SUCH_ROOM", 404)]
    [InlineData("GET", "rooms/none/state", "NO_SUCH_ROOM", 404)]
    [InlineData("GET", "rooms/lobby/messages?limit=0", "INVALID_PARAMETER", 400)]
    [InlineData("DELETE", "rooms/none", "NO_SUCH_ROOM", 404)]
    [InlineData("PUT", "rooms/none/state/key", "NO_SUCH_ROOM", 404)]
    [InlineData("DELETE", "peers/none", "NO_SUCH_PEER", 404)]
    [InlineData("DELETE", "peers/none?reason=a%0Ab", "INVALID_PARAMETER", 400)]
    [InlineData("PUT", "rooms/lobby/state/a%01b", "INVALID_KEY", 400)]
    [InlineData("POST", "rooms/lobby/messages?transient=2", "INVALID_PARAMETER", 400)]
    [InlineData("POST", "messages?event=notice", "INVALID_MESSAGE", 400)]
    [InlineData("DELETE", "rooms/a%01b", "INVALID_ROOM", 400)]
    public async Task Act_ThatCannotBe_SaysWhy(string method, string path, string code, int status)
    {
        await using var hub = await StartAsync();
        await using var peer = await hub.JoinAsync();

        using var answer = await SendAsync(hub, new HttpMethod(method), path, "x");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains($"\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, hub.Hub.FindRoom("lobby")!.Offset);
    }

    [Theory]
    [InlineData("", "Disconnected by the hub.")]
    [InlineData("?reason=Not+in+here.", "Not in here.")]
    public async Task Peer_ThatIsDisconnected_IsToldWhyAndNobodyElseIs(string query, string reason)
    {
        await using var hub = await StartAsync();
        await using var yui = await hub.RawPeerAsync();
        var peer = hub.Hub.Peers.Single();
        await using var ren = await hub.JoinAsync();

        using var answer = await SendAsync(hub, HttpMethod.Delete, $"peers/{peer.Id}{query}");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var close = await yui.ReadCloseAsync();
        Assert.Equal((4001, reason), ((int)close.CloseCode, close.Text[2..]));
        Assert.Same(ren.Peer, hub.Hub.Peers.Single());
    }

    [Fact]
    public async Task Reason_LongerThanACloseFrameTakes_IsRefused()
    {
        await using var hub = await StartAsync();
        await using var yui = await hub.JoinAsync();

        using var answer = await SendAsync(hub, HttpMethod.Delete, $"peers/{yui.Peer!.Id}?reason={new string('a', 121)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, hub.Hub.PeerCount);
    }

    [Fact]
    public async Task Room_ThatIsClosed_HasNobodyInItAndKeepsWhatItHas()
    {
        await using var hub = await StartAsync();
        await using var yui = await hub.RawPeerAsync("/ws/tea");
        await using var ren = await hub.JoinAsync("/ws/lobby");
        using var said = await SendAsync(hub, HttpMethod.Post, "rooms/tea/messages", "hello");
        using var set = await SendAsync(hub, HttpMethod.Put, "rooms/tea/state/topic", "green");
        await yui.ReadFrameAsync();

        using var answer = await SendAsync(hub, HttpMethod.Delete, "rooms/tea");

        Assert.Equal("""{"room":"tea","peers":1}""", await answer.Content.ReadAsStringAsync());
        var close = await yui.ReadCloseAsync();
        Assert.Equal(4003, (int)close.CloseCode);
        Assert.Same(ren.Peer, hub.Hub.Peers.Single());
        Assert.Equal("green", await hub.Client.GetStringAsync("/api/rooms/tea/state/topic"));
        await using var again = await hub.JoinAsync("/ws/tea?kodama.rewind=1");
        Assert.Equal("hello", await again.ReceiveTextAsync());
    }

    [Fact]
    public async Task Room_ThatIsClosed_LeavesAPeerOfSeveralRoomsConnected()
    {
        await using var hub = await StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea");
        hub.Hub.Join(yui.Peer!, "coffee");

        using var answer = await SendAsync(hub, HttpMethod.Delete, "rooms/coffee");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("tea", Assert.Single(yui.Peer!.Rooms).Name);
    }

    [Fact]
    public async Task State_IsSetAndRemovedWithItsConditionsAndWithoutAuthor()
    {
        await using var hub = await StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea");

        using var set = await SendAsync(hub, HttpMethod.Put, "rooms/tea/state/topic", "green");
        using var twice = await SendAsync(hub, HttpMethod.Put, "rooms/tea/state/topic", "black", ("If-None-Match", "*"));
        var state = await hub.Client.GetFromJsonAsync<JsonElement>("/api/rooms/tea/state");
        using var removed = await SendAsync(hub, HttpMethod.Delete, "rooms/tea/state/topic", null, ("If-Match", set.Headers.ETag!.Tag));

        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, twice.StatusCode);
        var entry = Assert.Single(state.GetProperty("state").EnumerateArray());
        Assert.Equal("green", entry.GetProperty("text").GetString());
        Assert.False(entry.TryGetProperty("from", out _));
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Null(hub.Hub.FindRoom("tea")!.State.Find("topic"));
    }

    [Fact]
    public async Task View_OfEverybodyElse_HasNeitherAddressesNorWhatTheyCouldNotJoin()
    {
        await using var hub = await StartAsync(o => o.Rules.Grant((_, room) => room == "secret" ? RoomRights.None : RoomRights.All));
        await using var yui = await hub.JoinAsync("/ws/tea");
        hub.Hub.Join(yui.Peer!, "secret");

        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        var snapshot = (await events.ReadAsync("snapshot")).Data;
        hub.Hub.FindRoom("secret")!.Send(Payload.Of("hidden"));
        hub.Hub.FindRoom("tea")!.Send(Payload.Of("shown"));
        var message = await events.ReadAsync("message");
        var peers = await hub.Client.GetStringAsync("/api/peers");

        Assert.DoesNotContain("address", peers, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", peers, StringComparison.Ordinal);
        Assert.DoesNotContain("address", $"{snapshot}", StringComparison.Ordinal);
        Assert.DoesNotContain("secret", $"{snapshot}", StringComparison.Ordinal);
        Assert.Equal("shown", message.Data.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("/api/peers")]
    [InlineData("/api/rooms")]
    public async Task View_OfWhoeverRunsTheHub_HasEverything(string path)
    {
        await using var hub = await StartAsync(o =>
        {
            o.Token = "of-who-may-join";
            o.Rules.Grant((_, room) => room == "tea" ? RoomRights.All : RoomRights.None);
        });
        await using var yui = await hub.JoinAsync("/ws/tea?token=of-who-may-join");
        hub.Hub.Join(yui.Peer!, "secret");

        var told = await (await SendAsync(hub, HttpMethod.Get, path)).Content.ReadAsStringAsync();
        var page = await (await SendAsync(hub, HttpMethod.Get, path, null, ("Origin", "https://evil.example"))).Content.ReadAsStringAsync();

        Assert.Contains("secret", told, StringComparison.Ordinal);
        if (path == "/api/peers") Assert.Contains("\"address\":\"127.0.0.1\"", told, StringComparison.Ordinal);
        Assert.Contains("AUTHENTICATION_FAILED", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_ThatNobodyMayRead_IsReadByWhoeverRunsTheHub()
    {
        await using var hub = await StartAsync(
            o => o.Rules.Grant((client, _) => client.Door == "http" ? RoomRights.Publish : RoomRights.All));
        await using var yui = await hub.JoinAsync("/ws/tea");
        var tea = yui.Peer!.Room!;
        tea.Send(Payload.Of("first"));
        tea.Send(Payload.Of("second"));
        tea.State.Set("topic", Payload.Of("green"));

        using var refused = await hub.Client.GetAsync("/api/rooms/tea/state");
        using var messages = await SendAsync(hub, HttpMethod.Get, "rooms/tea/messages?limit=1");
        using var state = await SendAsync(hub, HttpMethod.Get, "rooms/tea/state");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var page = await messages.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("second", Assert.Single(page.GetProperty("messages").EnumerateArray()).GetProperty("text").GetString());
        Assert.True(page.GetProperty("more").GetBoolean());
        var key = Assert.Single((await state.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").EnumerateArray());
        Assert.Equal(("topic", "green"), (key.GetProperty("key").GetString(), key.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Metrics_ForAnotherMachine_AreToldWithTheToken()
    {
        await using var hub = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", "192.168.1.31" } } };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        using var answer = await hub.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Act_UnderAPrefix_IsThereToo()
    {
        await using var hub = await TestHub.StartAppAsync(
            b => b.Services.AddKodama(o => o.AdminToken = Token), app => app.MapKodama("/realtime"), "/realtime");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/realtime/api/admin/messages") { Content = new StringContent("hi") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        using var answer = await hub.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Theory]
    [InlineData("short", "AdminToken has 5 characters")]
    [InlineData("", "AdminToken has 0 characters")]
    [InlineData("with a space in it, long", "AdminToken holds a space")]
    [InlineData("the-same-as-the-other", "is what clients come in by too")]
    public void Token_ThatIsNone_IsRefusedAtTheStart(string token, string said)
    {
        var options = new KodamaOptions { Token = "the-same-as-the-other", AdminToken = token };

        Assert.Contains(said, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private static Task<TestHub> StartAsync(Action<KodamaOptions>? options = null) => TestHub.StartAsync(o =>
    {
        o.AdminToken = Token;
        options?.Invoke(o);
    });

    private static Task<HttpResponseMessage> SendAsync(
        TestHub hub, HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/api/admin/{path}");
        if (body is not null) request.Content = new StringContent(body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return hub.Client.SendAsync(request);
    }

    private static async Task<(int Status, string Code)> AskAsync(TestHub hub, string method, string path, string headers = "")
    {
        await using var client = await hub.RawAsync();
        await client.SendTextAsync($"{method} {path} HTTP/1.1\r\nHost: {client.Authority}\r\n{headers}Content-Length: 0\r\n\r\n");
        var answer = (await client.ReadResponseAsync())!;
        if (answer.Body.Length == 0) return (answer.Status, "");
        using var body = JsonDocument.Parse(answer.Body);
        var code = body.RootElement.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString()! : "";
        return (answer.Status, code);
    }
}
