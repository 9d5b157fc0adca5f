using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kodama.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Kodama.Ably.Tests;

/// <summary>A hub with the door and some keys, and an HTTP client that asks as SDKs do.</summary>
internal sealed class AblyServer : IAsyncDisposable
{
    public const string KeyName = "garden.key1";
    public const string Secret = "maple-maple";
    public const string Key = $"{KeyName}:{Secret}";

    /// <summary>A key that may do little, and whose tokens can be revoked.</summary>
    public const string SmallKeyName = "garden.small";
    public const string SmallKey = $"{SmallKeyName}:birch-birch";

    private readonly KodamaServer server;

    private AblyServer(KodamaServer server) => this.server = server;

    public Hub Hub => server.Hub;

    public Uri Url => new(server.Addresses[0]);

    public HttpClient Http { get; } = new();

    public static async Task<AblyServer> StartAsync(
        Action<AblyOptions>? ably = null, Action<KodamaOptions>? hub = null, TimeProvider? time = null,
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
            Add(builder.Services, ably);
            services?.Invoke(builder.Services);
        });
        await server.StartAsync("127.0.0.1", 0).Within();
        return new AblyServer(server);
    }

    public static void Add(IServiceCollection services, Action<AblyOptions>? configure = null) => services.AddAbly(options =>
    {
        options.AddKey(Key);
        options.Keys.Add(new AblyKey
        {
            Key = SmallKey,
            Capability = """{"tea":["subscribe","publish"],"news:*":["subscribe"],"talk:*":["presence","publish"]}""",
            RevocableTokens = true,
        });
        configure?.Invoke(options);
    });

    public Task<AblyClient> ConnectAsync(string query = "", WireFormat format = WireFormat.Json) =>
        AblyClient.ConnectAsync(Url, query.Contains("key=", StringComparison.Ordinal) || query.Contains("access", StringComparison.Ordinal)
            ? query : $"key={Key}&{query}", format);

    public Task StopAsync() => server.StopAsync();

    public Task<Answer> GetAsync(string path, string key = Key) => SendAsync(HttpMethod.Get, path, null, Basic(key));

    public Task<Answer> PostAsync(string path, string body, string key = Key) => SendAsync(HttpMethod.Post, path, body, Basic(key));

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? body, AuthenticationHeaderValue? authorization, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Url, path));
        request.Headers.Authorization = authorization;
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        change?.Invoke(request);
        using var response = await Http.SendAsync(request).Within();
        var text = await response.Content.ReadAsStringAsync().Within();
        var link = response.Headers.TryGetValues("Link", out var links) ? string.Join(',', links) : "";
        return new Answer((int)response.StatusCode, text, link);
    }

    public static AuthenticationHeaderValue Basic(string key) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(key)));

    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", Convert.ToBase64String(Encoding.UTF8.GetBytes(token)));

    /// <summary>A token by a key.</summary>
    public async Task<string> TokenAsync(string body = "{}", string key = Key)
    {
        var answer = await PostAsync($"keys/{key.Split(':')[0]}/requestToken", body, key);
        Assert.Equal(201, answer.Status);
        return answer.Json.GetProperty("token").GetString()!;
    }

    /// <summary>A signed token request (RSA9).</summary>
    public static string Sign(string nonce, long timestamp, string secret = Secret, string ttl = "", string capability = "",
        string clientId = "")
    {
        var signed = $"{KeyName}\n{ttl}\n{capability}\n{clientId}\n{timestamp}\n{nonce}\n";
        var mac = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed)));
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["keyName"] = KeyName,
            ["timestamp"] = timestamp,
            ["nonce"] = nonce,
            ["mac"] = mac,
            ["capability"] = capability,
            ["clientId"] = clientId.Length > 0 ? clientId : null!,
        });
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await server.DisposeAsync();
    }

    internal readonly record struct Answer(int Status, string Body, string Link)
    {
        public JsonElement Json => JsonElement.Parse(Body);

        public int Code => Json.GetProperty("error").GetProperty("code").GetInt32();
    }
}
