using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

public sealed class HubEndpointsTests
{
    [Fact]
    public async Task Root_AfterDetailsChanged_TellsTheNewOnes()
    {
        await using var hub = await TestHub.StartAsync(o => o.Details["topic"] = "tea");
        hub.Hub.UpdateDetails(d => d["topic"] = "coffee");

        var details = await hub.Client.GetFromJsonAsync<Dictionary<string, string>>("/");

        Assert.Equal("coffee", details!["topic"]);
        Assert.True(details.ContainsKey("name"));
    }

    [Fact]
    public async Task Root_ForAScanner_TellsIdAndPath()
    {
        await using var first = await TestHub.StartAsync();
        await using var second = await TestHub.StartAppAsync(b => b.Services.AddKodama(), app => app.MapKodama("/realtime"), "/realtime");

        using var root = await first.Client.GetAsync("/");
        using var prefixed = await second.Client.GetAsync("/realtime");

        Assert.Matches("^[0-9a-f]{32}$", first.Hub.Id);
        Assert.Equal([first.Hub.Id], root.Headers.GetValues("Kodama-Id"));
        Assert.Equal(["/ws"], root.Headers.GetValues("Kodama-Path"));
        Assert.Equal([second.Hub.Id], prefixed.Headers.GetValues("Kodama-Id"));
        Assert.Equal(["/realtime/ws"], prefixed.Headers.GetValues("Kodama-Path"));
        Assert.NotEqual(first.Hub.Id, second.Hub.Id);
    }

    [Fact]
    public async Task Info_OfAHub_HasWhatTheSpecificationSays()
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Name = "Lounge";
            o.Echo = true;
            o.DefaultRoom = "hall";
            o.Token = "secret";
        });

        var info = await hub.Client.GetFromJsonAsync<JsonElement>("/api/hub");

        Assert.Equal(
            ["id", "name", "version", "details", "echo", "defaultRoom", "tokenRequired", "addresses", "startedAt", "now"],
            info.EnumerateObject().Select(p => p.Name));
        Assert.Equal(hub.Hub.Id, info.GetProperty("id").GetString());
        Assert.Equal("Lounge", info.GetProperty("name").GetString());
        Assert.Equal("Lounge", info.GetProperty("details").GetProperty("name").GetString());
        Assert.True(info.GetProperty("echo").GetBoolean());
        Assert.Equal("hall", info.GetProperty("defaultRoom").GetString());
        Assert.True(info.GetProperty("tokenRequired").GetBoolean());
        Assert.Equal(hub.Http.GetLeftPart(UriPartial.Authority), info.GetProperty("addresses")[0].GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", info.GetProperty("startedAt").GetString());
        Assert.DoesNotContain("secret", info.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_OfAHubWithAnotherAuthenticator_AsksForNoToken()
    {
        await using var hub = await TestHub.StartAsync(o => o.Authenticators.Add(new HeaderAuthenticator("X-Key", "secret")));

        Assert.False((await hub.Client.GetFromJsonAsync<JsonElement>("/api/hub")).GetProperty("tokenRequired").GetBoolean());
    }

    [Fact]
    public async Task Rooms_AndPeers_AreListed()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/tea?name=Yui");
        await using var ren = await hub.JoinAsync("/ws/lobby");
        await yui.SendAsync("x");
        await yui.SendAsync("y");
        await Deadline.UntilAsync(() => hub.Hub.FindRoom("tea")!.Offset == 2);

        var rooms = (await hub.Client.GetFromJsonAsync<JsonElement>("/api/rooms")).GetProperty("rooms").EnumerateArray()
            .ToDictionary(r => r.GetProperty("name").GetString()!);
        var all = (await hub.Client.GetFromJsonAsync<JsonElement>("/api/peers")).GetProperty("peers");
        var tea = (await hub.Client.GetFromJsonAsync<JsonElement>("/api/peers?room=tea")).GetProperty("peers");
        var none = (await hub.Client.GetFromJsonAsync<JsonElement>("/api/peers?room=none")).GetProperty("peers");

        Assert.Equal(2, rooms["tea"].GetProperty("offset").GetInt64());
        Assert.Equal(1, rooms["tea"].GetProperty("peers").GetInt32());
        Assert.Equal(0, rooms["lobby"].GetProperty("offset").GetInt64());
        Assert.Equal(hub.Hub.FindRoom("tea")!.Epoch, rooms["tea"].GetProperty("epoch").GetString());
        Assert.Equal(2, all.GetArrayLength());
        Assert.Equal(0, none.GetArrayLength());
        var peer = Assert.Single(tea.EnumerateArray());
        Assert.Equal(yui.Peer!.Id, peer.GetProperty("id").GetString());
        Assert.Equal("Yui", peer.GetProperty("details").GetProperty("name").GetString());
        Assert.Equal("tea", peer.GetProperty("rooms")[0].GetString());
        Assert.Equal("websocket", peer.GetProperty("door").GetString());
        Assert.False(peer.TryGetProperty("address", out _));
        Assert.Equal(2, peer.GetProperty("messagesIn").GetInt64());
        Assert.False(peer.TryGetProperty("user", out _));
    }

    [Theory]
    [InlineData("/ws/a%2Fb")]
    [InlineData("/ws/a%2fb")]
    [InlineData("/ws/a%252Fb")]
    public async Task Room_WithASlash_IsTheSameByEveryWay(string path)
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync(path);
        Assert.Equal("a/b", peer.Peer!.Room!.Name);

        using var published = await hub.Client.PostAsync("/api/rooms/a%2Fb/messages", new StringContent("hello")).Within();
        var peers = (await hub.Client.GetFromJsonAsync<JsonElement>("/api/peers?room=a%2Fb")).GetProperty("peers");
        var escaped = (await hub.Client.GetFromJsonAsync<JsonElement>("/api/peers?room=a%252Fb")).GetProperty("peers");

        Assert.Equal("a/b", (await published.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("room").GetString());
        Assert.Equal("hello", await peer.ReceiveTextAsync());
        Assert.Equal(1, peers.GetArrayLength());
        Assert.Equal(1, escaped.GetArrayLength());
    }

    [Theory]
    [InlineData("/api/peers?room=a%0Ab")]
    [InlineData("/api/events?room=a%0Ab")]
    public async Task Room_ThatCannotBe_IsRefusedInAQuery(string path)
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await hub.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).Within();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("\"code\":\"INVALID_ROOM\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_EmptyInAQuery_MeansAll()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws/tea");
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events?room=");

        var peers = (await hub.Client.GetFromJsonAsync<JsonElement>("/api/peers?room=")).GetProperty("peers");

        Assert.Equal(1, peers.GetArrayLength());
        Assert.Equal(1, (await events.ReadAsync("snapshot")).Data.GetProperty("rooms").GetArrayLength());
    }

    [Fact]
    public async Task Health_DuringAGracefulStop_Says503()
    {
        await using var hub = await TestHub.StartAsync();
        hub.Hub.Stop();

        using var answer = await hub.Client.GetAsync("/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("""{"status":"stopping"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Handshake_DuringAGracefulStop_IsRefusedWith503()
    {
        await using var hub = await TestHub.StartAsync();
        hub.Hub.Stop();
        await using var client = await hub.RawAsync();
        await client.SendTextAsync(client.UpgradeHead("/ws"));

        var answer = (await client.ReadResponseAsync())!;

        Assert.Equal(503, answer.Status);
        Assert.Contains("\"code\":\"HUB_STOPPING\"", answer.Body, StringComparison.Ordinal);
    }
}
