using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>Connections that say nothing: what each holds in memory once the rush of connecting has settled. Then each must answer a
/// ping.</summary>
internal sealed class IdleScenario : Scenario
{
    public override string Name => "idle";

    public override string Describe(bool quick) => $"{Connections(quick):N0} idle connections in a room";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken);
        var load = await stage.LoadAsync(
            server, "idle", stage.Server.Path, ["--conns", $"{Connections(stage.Quick)}", "--ips", "10"], cancellationToken);
        return load.Broken() is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(load.LoadCores, new Figure("KB per connection", load.KilobytesPerConnection, "0.0"));
    }

    private static int Connections(bool quick) => quick ? 1_000 : 10_000;
}
