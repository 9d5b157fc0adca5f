using Kodama.Testing;

namespace Kodama.Sqlite.Tests;

public sealed class SqliteEngineTests : DurableEngineContract
{
    private readonly TemporaryFolder folder = new();
    private readonly List<(Hub Hub, SqliteEngine Engine)> started = [];

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    internal override Hub Start(HubOptions? options = null, HubRules? rules = null, TimeProvider? time = null)
    {
        var engine = new SqliteEngine(folder.Path, time);
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
