using System.Net;
using System.Text.Json;

namespace Kodama.Cluster.Tests;

/// <summary>Clients of other systems, which know no "try again later", come to a room while Redis is away.</summary>
public sealed class RedisAwayTests : IDisposable
{
    private const string Key = "garden-key";
    private const string Secret = "garden-secret";

    private readonly RedisServer redis = new();

    public void Dispose() => redis.Dispose();

    [Fact]
    public async Task Socket_ThatComesToARoomThatCannotBeOpened_ComesBackAndIsThere()
    {
        await using var hubs = await StartAsync();
        await using var clients = new NodeSockets();
        // So that all is open but that room.
        await clients.OpenAsync("other", hubs[0]);

        redis.Kill();
        await clients.OpenAsync("a", hubs[0], ",\"join\":\"tea\"");
        await clients.UpToAsync("a", """["disconnect","transport""");
        redis.Start();

        await clients.UpToAsync("a", """["joined","tea""");
        await PostAsync(hubs[0]);
        await clients.UpToAsync("a", """["message","hello"]""");
    }

    [Fact]
    public async Task Pusher_ThatSubscribesToAChannelThatCannotBeOpened_ComesBackAndSubscribes()
    {
        await using var hubs = await StartAsync();
        await using var clients = new NodePushers(Key, Secret);
        await clients.OpenAsync("a", hubs[0]);

        redis.Kill();
        await clients.BeginSubscribingAsync("a", "tea");
        await clients.UpToAsync("a", """["error",4100]""");
        redis.Start();

        await clients.UpToAsync("a", """["pusher:subscription_succeeded","tea""");
        await PostAsync(hubs[0]);
        await clients.UpToAsync("a", """["message","tea","hello"]""");
    }

    [Fact]
    public async Task Reader_ThatIsAheadOfTheHub_IsToComeLater()
    {
        await using var hubs = await StartAsync();
        using var http = new HttpClient { BaseAddress = hubs[0], Timeout = Deadline.Default };
        await PostAsync(hubs[0]);
        var told = JsonElement.Parse(await http.GetStringAsync("/api/rooms/tea/messages")).GetProperty("position").GetString()!;
        var ahead = $"{told[..told.IndexOf(':')]}:9";

        redis.Kill();
        using var page = await http.GetAsync($"/api/rooms/tea/messages?after={ahead}");
        using var asking = new HttpRequestMessage(HttpMethod.Get, "/api/rooms/tea/events") { Headers = { { "Last-Event-ID", ahead } } };
        using var stream = await http.SendAsync(asking);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        // Else an EventSource would never ask again.
        Assert.Equal((HttpStatusCode.OK, "retry: 1000\n\n"), (stream.StatusCode, await stream.Content.ReadAsStringAsync()));
        redis.Start();
        await Until.TrueAsync(() => http.GetAsync($"/api/rooms/tea/messages?after={ahead}").GetAwaiter().GetResult().IsSuccessStatusCode);
    }

    private Task<HubProcesses> StartAsync() => HubProcesses.StartAsync(redis, 1, new()
    {
        ["Kodama__Pusher__Apps__0__Id"] = "1",
        ["Kodama__Pusher__Apps__0__Key"] = Key,
        ["Kodama__Pusher__Apps__0__Secret"] = Secret,
    });

    private static async Task PostAsync(Uri hub)
    {
        using var http = new HttpClient { Timeout = Deadline.Default };
        using var body = new StringContent("hello");
        using var answer = await http.PostAsync(new Uri(hub, "/api/rooms/tea/messages"), body);
        answer.EnsureSuccessStatusCode();
    }
}
