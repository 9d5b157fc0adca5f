using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Kodama.Discovery;
using Kodama.Server;

namespace Kodama.Cluster.Tests;

/// <summary>Hubs know each other, and tell of each other (docs/specs/cluster.md, Hubs).</summary>
public sealed class MembershipTests(SharedServer redis) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Hubs_OfOneRedis_TellOfAllOfThem()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);

        var told = new List<JsonElement>();
        foreach (var hub in cluster.Hubs) told.Add((await cluster.GetAsync(hub, "/api/hub")).GetProperty("cluster"));

        Assert.Single(told.Select(static cluster => cluster.GetProperty("id").GetString()).Distinct());
        foreach (var one in told)
        {
            Assert.Equal(
                cluster.Hubs.Select(static hub => (hub.Hub.Id, hub.Addresses[0])).Order(),
                one.GetProperty("hubs").EnumerateArray()
                    .Select(static hub => (hub.GetProperty("hub").GetString()!, hub.GetProperty("addresses")[0].GetString()!)).Order());
        }
    }

    [Fact]
    public async Task Welcome_InACluster_TellsTheOtherHubsAndThenChanges()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);
        var (first, second, third) = (cluster.Hubs[0], cluster.Hubs[1], cluster.Hubs[2]);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("kodama.v1");
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await socket.ConnectAsync(new UriBuilder(TestCluster.Address(first)) { Scheme = "ws", Path = "/ws" }.Uri, deadline.Token);
        await socket.SendAsync("{\"type\":\"hello\"}"u8.ToArray(), WebSocketMessageType.Text, true, deadline.Token);

        var hello = await ReadAsync(socket, deadline.Token);
        Assert.Equal(new[] { Ws(second), Ws(third) }.Order(), AddressesOf(hello).Order());

        await cluster.StopAsync(third);
        var change = await ReadAsync(socket, deadline.Token);
        Assert.Equal("cluster", change.GetProperty("type").GetString());
        Assert.Equal([Ws(second)], AddressesOf(change));
    }

    [Fact]
    public async Task Scan_OfAClustersHubs_FindsOneWithAllAddresses()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);
        await using var alone = new KodamaServer(new() { Name = "Alone" });
        await alone.StartAsync("127.0.0.1", 0).Within();
        var options = new ScanOptions { By = FoundBy.Sweep, Timeout = TimeSpan.FromSeconds(1), Subnets = { "127.0.0.1" } };
        foreach (var hub in cluster.Hubs) options.Ports.Add(TestCluster.Address(hub).Port);
        options.Ports.Add(TestCluster.Address(alone).Port);

        var found = new Dictionary<string, FoundHub>();
        await foreach (var hub in Scanner.ScanAsync(options)) found[hub.Id] = hub;

        Assert.Equal(2, found.Count);
        Assert.Null(found[alone.Hub.Id].Cluster);
        var one = Assert.Single(found.Values, static hub => hub.Cluster is not null);
        Assert.Equal(one.Cluster, one.Id);
        Assert.Equal(cluster.Hubs.Select(TestCluster.Address).Select(a => a.Port).Order(), one.Addresses.Select(a => a.Port).Order());
    }

    [Fact]
    public async Task Page_OfAHubThatIsGone_IsLetInByTheOthers()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 2);
        var origin = cluster.Hubs[0].Addresses[0];
        await cluster.StopAsync(cluster.Hubs[0]);
        using var deadline = new CancellationTokenSource(Deadline.Default);
        var address = new UriBuilder(TestCluster.Address(cluster.Hubs[0])) { Scheme = "ws", Path = "/ws" }.Uri;

        using var page = new ClientWebSocket();
        page.Options.SetRequestHeader("Origin", origin);
        await page.ConnectAsync(address, deadline.Token);

        using var foreign = new ClientWebSocket();
        foreign.Options.SetRequestHeader("Origin", "http://127.0.0.1:1");
        await Assert.ThrowsAsync<WebSocketException>(() => foreign.ConnectAsync(address, deadline.Token));
    }

    private static string Ws(KodamaServer hub) => $"{hub.Addresses[0]}/ws";

    private static IEnumerable<string> AddressesOf(JsonElement frame) =>
        frame.GetProperty("cluster").EnumerateArray().SelectMany(static hub => hub.EnumerateArray()).Select(static a => a.GetString()!);

    private static async Task<JsonElement> ReadAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var result = await socket.ReceiveAsync(buffer, cancellationToken);
        return JsonElement.Parse(Encoding.UTF8.GetString(buffer, 0, result.Count));
    }
}
