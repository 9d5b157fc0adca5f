using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;

namespace Kodama.Clients.Tests;

/// <summary>The browser's own <c>WebSocket</c>, from a page of the hub and from a page of somebody else.</summary>
public sealed class BrowserWebSocketTests(Chromium chromium)
{
    private const string Room = "browser";

    // Says what it was told; answers with what it got, or with the code of its end.
    private const string Converse = """
        ([url, text]) => new Promise(resolve => {
          const socket = new WebSocket(url);
          socket.onopen = () => socket.send(text);
          socket.onmessage = event => resolve(event.data);
          socket.onclose = event => resolve("closed " + event.code);
        })
        """;

    [Fact]
    public async Task WebSocket_OfTheHubsOwnPage_Talks()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);

        await TalkAsync(hub, visitor);
    }

    [Fact]
    public async Task WebSocket_OfAnotherOrigin_IsRefused()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var elsewhere = await RunningHub.StartAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, elsewhere.Url, expected: ["403", hub.Url.Authority]);

        var answer = await visitor.Page.EvaluateAsync<string>(Converse, new[] { hub.Room(Room).ToString(), "hello" }).WithDeadline();

        Assert.Equal("closed 1006", answer);
    }

    [Fact]
    public async Task WebSocket_OfAnAllowedOrigin_Talks()
    {
        await using var elsewhere = await RunningHub.StartAsync();
        await using var hub = await RunningHub.StartAsync(new HubSettings { Origins = [elsewhere.Url.GetLeftPart(UriPartial.Authority)] });
        await using var visitor = await Visitor.OpenAsync(chromium, elsewhere.Url, expected: [hub.Url.Authority]);

        await TalkAsync(hub, visitor);
    }

    private static async Task TalkAsync(RunningHub hub, Visitor visitor)
    {
        await using var watch = await hub.WatchAsync(Room);
        await using var other = await DotNetClient.JoinAsync(hub.Room(Room, "name=other"));
        await watch.UntilHereAsync("other");

        var answer = visitor.Page.EvaluateAsync<string>(Converse, new[] { hub.Room(Room, "name=browser").ToString(), "こんにちは" });
        Assert.Equal("こんにちは", await other.ReceiveTextAsync());
        await other.SendAsync("木霊");

        Assert.Equal("木霊", await answer.WithDeadline());
    }
}
