using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Kodama.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Kodama.Pusher.Tests;

/// <summary>A hub with the door and one app, and an HTTP client that signs as SDKs do.</summary>
internal sealed class PusherServer : IAsyncDisposable
{
    public const string Key = "garden-key";
    public const string Secret = "garden-secret";

    private readonly KodamaServer server;
    private readonly TimeProvider time;
    private readonly IServiceProvider application;

    private PusherServer(KodamaServer server, TimeProvider time)
    {
        (this.server, this.time) = (server, time);
        application = server.Endpoints.ServiceProvider;
    }

    /// <summary>Presence channels that the door holds.</summary>
    public int PresenceChannels => application.GetRequiredService<AppTable>().Presence.Count;

    /// <summary>Ends of channels and members that webhooks are not told yet.</summary>
    public int Held => application.GetRequiredService<Webhooks>().Held;

    /// <summary>Events that wait for webhooks.</summary>
    public int Waiting => application.GetRequiredService<Webhooks>().Waiting;

    /// <summary>Ends when a webhook has failed, and waits by the clock for the next time.</summary>
    public Task WaitForRetryAsync() => Deadline.UntilAsync(() => application.GetRequiredService<Webhooks>().IsWaitingToRetry);

    /// <summary>What the door would do each minute.</summary>
    public void ExpireCache() => application.GetRequiredService<PusherHub>().Cache.Expire();

    public Hub Hub => server.Hub;

    public Uri Url => new(server.Addresses[0]);

    public HttpClient Http { get; } = new();

    public static async Task<PusherServer> StartAsync(
        Action<PusherOptions>? pusher = null, Action<KodamaOptions>? hub = null, TimeProvider? time = null,
        Action<IServiceCollection>? services = null)
    {
        var options = new KodamaOptions();
        // Clients answer by the time of the machine, and not by the test's.
        if (time is not null) options.PingInterval = TimeSpan.Zero;
        hub?.Invoke(options);
        var server = new KodamaServer(options, builder =>
        {
            builder.Logging.ClearProviders();
            if (time is not null) builder.Services.Replace(ServiceDescriptor.Singleton(time));
            Add(builder.Services, pusher);
            services?.Invoke(builder.Services);
        });
        await server.StartAsync("127.0.0.1", 0).Within();
        var started = new PusherServer(server, time ?? TimeProvider.System);
        started.Http.BaseAddress = started.Url;
        return started;
    }

    public static void Add(IServiceCollection services, Action<PusherOptions>? configure = null) => services.AddPusher(options =>
    {
        options.Apps.Add(new PusherApp { Id = "1", Key = Key, Secret = Secret, SubscriptionCounts = false });
        configure?.Invoke(options);
    });

    public Task<PusherClient> ConnectAsync(string key = Key, int protocol = 7) => PusherClient.ConnectAsync(Url, key, protocol);

    public Task StopAsync() => server.StopAsync();

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> GetAsync(string path, string query = "") => SendAsync(HttpMethod.Get, path, "", query);

    public Task<Answer> TriggerAsync(string channel, string name, string data, string? socketId = null)
    {
        var without = socketId is null ? "" : $",\"socket_id\":\"{socketId}\"";
        return PostAsync(
            "/apps/1/events", $$"""{"name":{{Json(name)}},"channels":[{{Json(channel)}}],"data":{{Json(data)}}{{without}}}""");
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, string body, string query = "")
    {
        using var request = new HttpRequestMessage(method, new Uri(Url, $"{path}?{Sign(method.Method, path, body, query, time)}"));
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request).Within();
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync().Within());
    }

    /// <summary>A signed query.</summary>
    public static string Sign(string method, string path, string body, string query = "", TimeProvider? time = null, long? at = null)
    {
        var seconds = at ?? (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds();
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["auth_key"] = Key,
            ["auth_timestamp"] = seconds.ToString(CultureInfo.InvariantCulture),
            ["auth_version"] = "1.0",
        };
#pragma warning disable CA5351
        if (body.Length > 0) all["body_md5"] = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5351
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at2 = pair.IndexOf('=', StringComparison.Ordinal);
            all[pair[..at2]] = pair[(at2 + 1)..];
        }
        var text = string.Join('&', all.Select(pair => $"{pair.Key}={pair.Value}"));
        var sent = string.Join('&', all.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return $"{sent}&auth_signature={Hmac($"{method}\n{path}\n{text}")}";
    }

    public static string Hmac(string text, string secret = Secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    public static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await server.DisposeAsync();
    }

    internal readonly record struct Answer(HttpStatusCode Status, string Body);
}
