using System.Net.Http.Json;
using System.Text.Json;
using Kodama.Client;
using Kodama.Redis;
using Kodama.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Cluster.Tests;

/// <summary>Hubs with servers of their own on the loopback address, which share their rooms through one Redis.</summary>
internal sealed class TestCluster(string redis) : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly string prefix = Guid.NewGuid().ToString("N");
    private readonly HttpClient http = new() { Timeout = Deadline.Default };

    public List<KodamaServer> Hubs { get; } = [];

    public static async Task<TestCluster> StartAsync(
        string redis, int hubs = 3, Action<KodamaOptions>? configure = null, Action<KodamaServer>? map = null)
    {
        var cluster = new TestCluster(redis);
        for (var i = 0; i < hubs; i++) await cluster.AddAsync(configure, map);
        await cluster.MeetAsync();
        return cluster;
    }

    public async Task<KodamaServer> AddAsync(Action<KodamaOptions>? configure = null, Action<KodamaServer>? map = null)
    {
        var options = new KodamaOptions { Name = $"Lounge {Hubs.Count + 1}" };
        configure?.Invoke(options);
        var hub = new KodamaServer(
            options,
            builder => builder.Services.AddRedis(redis, engine =>
            {
                engine.Prefix = prefix;
                engine.Lease = Lease;
            }));
        map?.Invoke(hub);
        await hub.StartAsync("127.0.0.1", 0).Within();
        Hubs.Add(hub);
        return hub;
    }

    /// <summary>What is called so in Redis.</summary>
    public string Key(string name) => $"{{{prefix}}}:{name}";

    public Task<KodamaRooms> ConnectAsync(int hub, KodamaRoomsOptions? options = null) =>
        KodamaRooms.ConnectAsync(Address(Hubs[hub]), options ?? new());

    /// <summary>Each knows all the others.</summary>
    public Task MeetAsync() => Deadline.UntilAsync(() => Hubs.All(hub => HubsAt(hub) == Hubs.Count));

    /// <summary>The hub has gone, with its goodbyes.</summary>
    public async Task StopAsync(KodamaServer hub)
    {
        Hubs.Remove(hub);
        await hub.DisposeAsync().AsTask().Within();
    }

    public async Task<JsonElement> GetAsync(KodamaServer hub, string path) =>
        await http.GetFromJsonAsync<JsonElement>(new Uri(new Uri(hub.Addresses[0]), path));

    public static Uri Address(KodamaServer hub) => new(hub.Addresses[0]);

    /// <summary>How many of the hubs this one knows, with addresses.</summary>
    private int HubsAt(KodamaServer hub)
    {
        var answer = GetAsync(hub, "/api/hub").GetAwaiter().GetResult();
        var hubs = answer.GetProperty("cluster").GetProperty("hubs");
        return hubs.EnumerateArray().Count(static one => one.GetProperty("addresses").GetArrayLength() > 0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in Hubs) await hub.DisposeAsync().AsTask().Within();
        http.Dispose();
    }
}
