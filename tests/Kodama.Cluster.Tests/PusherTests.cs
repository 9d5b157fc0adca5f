using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Kodama.Cluster.Tests;

/// <summary>What the Pusher door promises over hubs (docs/specs/cluster.md, "Pusher"), with pusher-js and hubs in processes of their
/// own.</summary>
public sealed class PusherTests : IAsyncDisposable
{
    private const string Key = "garden-key";
    private const string Secret = "garden-secret";

    private readonly RedisServer redis = new();
    private readonly WebhookReceiver hooks = new();
    private readonly NodePushers clients = new(Key, Secret);
    private readonly HttpClient http = new() { Timeout = Deadline.Default };
    private readonly Dictionary<string, string> ids = [];
    private HubProcesses hubs = null!;

    public async ValueTask DisposeAsync()
    {
        await clients.DisposeAsync();
        if (hubs is not null) await hubs.DisposeAsync();
        await hooks.DisposeAsync();
        http.Dispose();
        redis.Dispose();
    }

    [Fact]
    public async Task Channels_AreOneOverHubs_AndWebhooksAreToldOnce()
    {
        await StartAsync();
        for (var i = 0; i < 3; i++) await clients.SubscribeAsync(Name(i), "presence-tea");
        for (var i = 0; i < 2; i++) await clients.SubscribeAsync(Name(i), "news");

        for (var hub = 0; hub < 3; hub++)
        {
            Assert.Equal("""{"channels":{"news":{"subscription_count":2},"presence-tea":{"subscription_count":3}}}""",
                await GetAsync(hub, "/channels", "info=subscription_count"));
            Assert.Equal("""{"occupied":true,"user_count":3,"subscription_count":3}""",
                await GetAsync(hub, "/channels/presence-tea", "info=subscription_count,user_count"));
            var users = JsonElement.Parse(await GetAsync(hub, "/channels/presence-tea/users", "")).GetProperty("users");
            Assert.Equal(["a", "b", "c"], users.EnumerateArray().Select(static user => user.GetProperty("id").GetString()).Order());
        }
        await clients.TriggerAsync("a", "presence-tea", "client-hello", """{"from":"a"}""");
        await clients.UpToAsync("b", """["client-hello","presence-tea",{"from":"a"}""");
        await clients.UpToAsync("c", """["client-hello","presence-tea",{"from":"a"}""");
        // The last of a channel, at another hub than its first.
        await clients.UnsubscribeAsync("a", "news");
        await clients.UnsubscribeAsync("b", "news");
        await clients.UnsubscribeAsync("b", "presence-tea");
        await Until.TrueAsync(() => hooks.CountOf("channel_vacated news") > 0 && hooks.CountOf("member_removed presence-tea b") > 0);

        // What comes behind all that shows that nothing comes twice.
        await clients.SubscribeAsync("c", "end");
        await Until.TrueAsync(() => hooks.CountOf("channel_occupied end") > 0);
        string[] expected =
        [
            "channel_occupied end", "channel_occupied news", "channel_occupied presence-tea", "channel_vacated news",
            "client_event presence-tea a client-hello", "member_added presence-tea a", "member_added presence-tea b",
            "member_added presence-tea c", "member_removed presence-tea b",
        ];
        Assert.Equal(expected, hooks.Events.Where(static e => !e.StartsWith("subscription_count", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task Webhooks_OfAHubThatIsKilled_AreToldByAnotherOnce()
    {
        await StartAsync();
        for (var i = 0; i < 3; i++) await clients.SubscribeAsync(Name(i), "presence-tea");
        await clients.SubscribeAsync("c", "presence-alone");
        await clients.SubscribeAsync("c", "alone");
        await Until.TrueAsync(() => hooks.CountOf("channel_occupied alone") + hooks.CountOf("member_added presence-alone c") == 2);

        await hubs.KillAsync(2, comesBack: false);

        string[] ends =
        [
            "channel_vacated alone", "channel_vacated presence-alone", "member_removed presence-alone c", "member_removed presence-tea c",
        ];
        await Until.TrueAsync(() => Array.TrueForAll(ends, end => hooks.CountOf(end) > 0));
        await clients.SubscribeAsync("a", "end");
        await Until.TrueAsync(() => hooks.CountOf("channel_occupied end") > 0);
        Assert.All(ends, end => Assert.Equal(1, hooks.CountOf(end)));
        Assert.Equal(0, hooks.CountOf("channel_vacated presence-tea"));
        Assert.Equal("""{"occupied":true,"user_count":2}""", await GetAsync(0, "/channels/presence-tea", "info=user_count"));
    }

    [Fact]
    public async Task Webhooks_BehindWhatCannotBeLearned_AreTold()
    {
        await StartAsync();
        await clients.SubscribeAsync("a", "news");
        await Until.TrueAsync(() => hooks.CountOf("channel_occupied news") > 0);
        var count = redis.Run("KEYS", "*:count:pusher:*");
        redis.Run("DEL", count);
        redis.Run("SET", count, "no hash");

        await clients.UnsubscribeAsync("a", "news");
        await clients.SubscribeAsync("a", "end");
        await Until.TrueAsync(() => hooks.CountOf("channel_occupied end") > 0);
    }

    [Fact]
    public async Task User_IsReachedAndEndedAtWhicheverHubItIs()
    {
        await StartAsync();
        await clients.SignInAsync("b");
        await clients.SignInAsync("c");

        Assert.Equal("{}", await PostAsync(0, "/users/c/terminate_connections", ""));
        await clients.UpToAsync("c", """["error",4009]""");
    }

    [Fact]
    public async Task Event_OfTheApi_AtAnyHub_LeavesItsSocketOutAtWhicheverHubThatIs()
    {
        await StartAsync();
        for (var i = 0; i < 3; i++) await clients.SubscribeAsync(Name(i), "news");

        await PostAsync(0, "/events", $$"""{"name":"one","channel":"news","data":"1","socket_id":"{{ids["c"]}}"}""");
        await PostAsync(1, "/events", """{"name":"two","channel":"news","data":"2"}""");

        Assert.DoesNotContain("""["one","news",1]""", await clients.UpToAsync("c", """["two","news",2]"""));
        Assert.Contains("""["one","news",1]""", await clients.UpToAsync("b", """["two","news",2]"""));
    }

    private static string Name(int i) => ((char)('a' + i)).ToString();

    private async Task StartAsync()
    {
        hubs = await HubProcesses.StartAsync(redis, 3, new()
        {
            ["Kodama__Pusher__Apps__0__Id"] = "1",
            ["Kodama__Pusher__Apps__0__Key"] = Key,
            ["Kodama__Pusher__Apps__0__Secret"] = Secret,
            ["Kodama__Pusher__Apps__0__Webhooks__0__Url"] = hooks.Url.ToString(),
        });
        for (var i = 0; i < 3; i++) ids[Name(i)] = await clients.OpenAsync(Name(i), hubs[i]);
    }

    private Task<string> GetAsync(int hub, string path, string query) => AskAsync(HttpMethod.Get, hub, path, query, "");

    private Task<string> PostAsync(int hub, string path, string body) => AskAsync(HttpMethod.Post, hub, path, "", body);

    private async Task<string> AskAsync(HttpMethod method, int hub, string path, string query, string body)
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["auth_key"] = Key,
            ["auth_timestamp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["auth_version"] = "1.0",
        };
        if (query.Split('=', 2) is [var name, var value]) parameters[name] = value;
#pragma warning disable CA5351
        // The protocol's.
        if (body.Length > 0) parameters["body_md5"] = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5351
        var full = $"/apps/1{path}";
        var signed = string.Join('&', parameters.Select(static one => $"{one.Key}={one.Value}"));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{method}\n{full}\n{signed}")));
        using var request = new HttpRequestMessage(method, new Uri(hubs[hub], $"{full}?{signed}&auth_signature={signature}"));
        if (method == HttpMethod.Post) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }
}
