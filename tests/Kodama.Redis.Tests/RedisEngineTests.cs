namespace Kodama.Redis.Tests;

public sealed class RedisEngineTests(SharedServer server) : DurableEngineContract, IClassFixture<SharedServer>
{
    private readonly string prefix = Guid.NewGuid().ToString("N");
    private readonly List<(Hub Hub, RedisEngine Engine)> started = [];

    public override async ValueTask DisposeAsync() => await StopAsync();

    internal override Hub Start(HubOptions? options = null, HubRules? rules = null, TimeProvider? time = null)
    {
        var engine = new RedisEngine(
            server.Address, new RedisOptions { Prefix = prefix, Lease = TimeSpan.FromSeconds(1), Clock = time });
        var hub = new Hub(options, rules, time, engine: engine);
        started.Add((hub, engine));
        return hub;
    }

    internal override async ValueTask StopAsync(bool isCrash = false)
    {
        foreach (var (hub, engine) in started)
        {
            if (!isCrash) hub.Stop();
            await engine.DisposeAsync();
        }
        started.Clear();
    }
}
