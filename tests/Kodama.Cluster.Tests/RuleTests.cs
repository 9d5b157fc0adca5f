using Kodama.Client;

namespace Kodama.Cluster.Tests;

/// <summary>Unique names and capacities hold for all hubs together.</summary>
public sealed class RuleTests(SharedServer redis) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task UniqueDetail_ThatIsTakenAtAnotherHub_IsRefusedUntilItIsFree()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, configure: static o => o.Rules.UniqueDetail("name"));
        var yui = await cluster.ConnectAsync(0, new() { Details = { ["name"] = "Yui" } });

        var refused = await Assert.ThrowsAsync<HubRefusedException>(
            () => cluster.ConnectAsync(1, new() { Details = { ["name"] = "YUI " } }));
        Assert.Contains("is taken", refused.Reason, StringComparison.Ordinal);
        await yui.DisposeAsync();

        await Deadline.UntilAsync(() => CanConnectAsync(cluster, 1, "Yui").GetAwaiter().GetResult());
    }

    [Fact]
    public async Task UniqueDetail_OfASessionThatComesToAnotherHub_GoesWithIt()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, configure: static o => o.Rules.UniqueDetail("name"));
        await using var yui = await cluster.ConnectAsync(0, new() { Details = { ["name"] = "Yui" } });
        await using var again = await cluster.ConnectAsync(1, new() { Details = { ["name"] = "Yui" }, Session = yui.Session });
        await yui.BecomesClosedAsync();

        Assert.False(await CanConnectAsync(cluster, 0, "Yui"));
        Assert.False(await CanConnectAsync(cluster, 2, "Yui"));
    }

    [Fact]
    public async Task MaxPeersPerDetail_CountsThePeersOfAllHubs()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, configure: static o => o.Rules.MaxPeersPerDetail("team", 2));
        var red = new Dictionary<string, string> { ["team"] = "red" };
        var first = await cluster.ConnectAsync(0, new() { Details = { ["team"] = "red" } });
        await using var second = await cluster.ConnectAsync(1, new() { Details = { ["team"] = "red" } });
        await using var other = await cluster.ConnectAsync(1, new() { Details = { ["team"] = "blue" } });

        await Assert.ThrowsAsync<HubRefusedException>(() => cluster.ConnectAsync(2, new() { Details = { ["team"] = "red" } }));
        await first.DisposeAsync();
        await Deadline.UntilAsync(() => CanConnectAsync(cluster, 2, "red", "team").GetAwaiter().GetResult());
    }

    [Fact]
    public async Task Place_WhoseHubIsNotHeardOf_IsGivenToAnotherAndItsHolderTold()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 2);
        var (first, second) = (cluster.Hubs[0].Hub.Cluster!, cluster.Hubs[1].Hub.Cluster!);
        var lost = new TaskCompletionSource();
        Assert.True(await first.ReserveAsync("desk", "yui", 1, () => lost.TrySetResult()));
        Assert.False(await second.ReserveAsync("desk", "ren", 1, static () => { }));

        // As others do of a hub whose lease has ended; this one has not, and may be heard of again before the other asks.
        await Deadline.UntilAsync(() =>
        {
            redis.Server.Run("HDEL", cluster.Key("beats"), first.HubId);
            return second.ReserveAsync("desk", "ren", 1, static () => { }).AsTask().GetAwaiter().GetResult() == true;
        });
        await Deadline.UntilAsync(() => redis.Server.Run("HEXISTS", cluster.Key("beats"), first.HubId) == "1");
        redis.Server.Run("CLIENT", "KILL", "TYPE", "normal");

        await lost.Task.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task Newcomer_WhileRedisIsAway_IsAskedToComeLaterAndWhoIsInStays()
    {
        using var server = new RedisServer();
        await using var cluster = await TestCluster.StartAsync(server.Address, hubs: 1, static o => o.Rules.UniqueDetail("name"));
        await using var yui = await cluster.ConnectAsync(0, new() { Details = { ["name"] = "Yui" } });
        server.Kill();
        await Deadline.UntilAsync(() => !cluster.Hubs[0].Hub.Cluster!.IsReachable);

        var closed = await Assert.ThrowsAsync<HubClosedException>(() => cluster.ConnectAsync(0, new() { Details = { ["name"] = "Ren" } }));
        Assert.Equal(1013, closed.CloseCode);
        Assert.Equal(1, cluster.Hubs[0].Hub.PeerCount);

        server.Start();
        await Deadline.UntilAsync(() => CanConnectAsync(cluster, 0, "Ren").GetAwaiter().GetResult());
        Assert.False(await CanConnectAsync(cluster, 0, "Yui"));
    }

    private static async Task<bool> CanConnectAsync(TestCluster cluster, int hub, string value, string detail = "name")
    {
        try
        {
            await using var client = await cluster.ConnectAsync(hub, new() { Details = { [detail] = value } });
            return true;
        }
        catch (Exception exception) when (exception is HubRefusedException or HubClosedException)
        {
            return false;
        }
    }
}
