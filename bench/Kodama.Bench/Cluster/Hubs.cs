using Kodama.Bench.Compare;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Cluster;

/// <summary>Three hubs and their Redis, each in a process of its own, none of them pinned.</summary>
internal sealed class Hubs : IAsyncDisposable
{
    public const int Count = 3;

    private Hubs(BenchRedis redis, RunningServer[] servers) => (Redis, Servers) = (redis, servers);

    public BenchRedis Redis { get; }

    public RunningServer[] Servers { get; }

    public static async Task<Hubs> StartAsync(bool isSafe, CancellationToken cancellationToken)
    {
        var redis = await BenchRedis.StartAsync(isSafe, cancellationToken);
        var server = new ClusterServer(redis);
        return new Hubs(redis, await Task.WhenAll(Enumerable.Range(0, Count).Select(
            _ => RunningServer.StartAsync(server, echo: false, Repository.Find(), cancellationToken, isPinned: false))));
    }

    public Uri Address(int hub) => new($"http://127.0.0.1:{Servers[hub].Port}");

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers) await server.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
