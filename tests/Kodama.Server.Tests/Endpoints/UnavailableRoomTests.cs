using System.Net;
using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

/// <summary>Rooms that are not to be had now: they cannot be opened, or the hub has too many.</summary>
public sealed class UnavailableRoomTests
{
    public static TheoryData<string, string> Requests => new()
    {
        { "GET", "messages" },
        { "GET", "events" },
        { "GET", "presence" },
        { "GET", "state" },
        { "GET", "state/k" },
        { "POST", "messages" },
        { "PUT", "state/k" },
        { "DELETE", "state/k" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_ToARoomThatCannotBeOpened_Gets503AndIsLoggedOnceWithTheRoom(string method, string path)
    {
        await using var hub = await StartAsync(new ManualEngine { Damaged = "broken" });

        var (status, body) = await AskAsync(hub, method, $"/api/rooms/broken/{path}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("\"UNAVAILABLE\"", body, StringComparison.Ordinal);
        var logged = Assert.Single(hub.Log.Entries, entry => entry.Exception is EngineException);
        Assert.Contains("broken", logged.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_ToARoomBeyondThoseThatTheHubMayHave_Gets503(string method, string path)
    {
        await using var hub = await StartAsync(new ManualEngine(), options => options.Log.MaxRooms = 1);
        await using var peer = await hub.JoinAsync("/ws/one");

        var (status, body) = await AskAsync(hub, method, $"/api/rooms/two/{path}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("\"TOO_MANY_ROOMS\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RawPeer_OfARoomThatCannotBeOpened_IsToldToTryAgain()
    {
        await using var hub = await StartAsync(new ManualEngine { Damaged = "broken" });
        await using var peer = await hub.ConnectAsync("/ws/broken");

        Assert.Equal((1011, "What is kept of the room cannot be read now: try again later."), await peer.ReceiveCloseAsync());
        Assert.Single(hub.Log.Entries, entry => entry.Exception is EngineException);
    }

    [Fact]
    public async Task Joins_ThatFindThePeerOrTheHubFull_AreToldApart()
    {
        await using var full = await StartAsync(new ManualEngine(), options => options.Log.MaxRooms = 1);
        await using var yui = await V1Client.JoinAsync(full);
        await using var few = await StartAsync(new ManualEngine(), options => options.MaxRoomsPerPeer = 1);
        await using var ren = await V1Client.JoinAsync(few);

        var ofHub = await yui.AskAsync(new { type = "join", room = "two" });
        var ofPeer = await ren.AskAsync(new { type = "join", room = "two" });

        Assert.Equal(("TOO_MANY_ROOMS", "TOO_MANY_ROOMS"), (ofHub.GetProperty("code").GetString(), ofPeer.GetProperty("code").GetString()));
        Assert.StartsWith("The hub has as many rooms", ofHub.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("The peer is in as many rooms", ofPeer.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(TestHub hub, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT") request.Content = new StringContent("x");
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Within();
        Assert.Equal("1", answer.Headers.RetryAfter?.ToString());
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync().Within());
    }

    private static Task<TestHub> StartAsync(IEngine engine, Action<KodamaOptions>? options = null) => TestHub.StartAsync(
        options,
        builder => builder.Services.AddSingleton(services => new Hub(
            services.GetRequiredService<KodamaOptions>(), logger: services.GetRequiredService<ILogger<Hub>>(), engine: engine)));
}
