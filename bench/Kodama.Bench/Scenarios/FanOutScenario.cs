using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>One room, one publisher, a modest rate: what a delivery costs where there is little to batch.</summary>
internal sealed class FanOutScenario : Scenario
{
    private const int Peers = 200;
    private const int Rate = 200;

    public override string Name => "fanout";

    public override string Describe(bool quick) => $"a room of {Peers} peers, {Rate} messages/s of 64 B";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken);
        var load = await stage.LoadAsync(
            server, "fanout", stage.Server.Path, ["--subs", $"{Peers}", "--pubs", "1", "--rate", $"{Rate}", "--size", "64"],
            cancellationToken);
        return load.Broken() is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(
                load.LoadCores,
                new Figure("CPU us per delivery", load.ServerMicrosecondsPerDelivery, "0.0"),
                new Figure("p99 ms", load.Percentile99Microseconds / 1000, "0.0"));
    }
}
