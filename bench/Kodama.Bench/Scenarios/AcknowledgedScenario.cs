using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>
/// One publisher at a modest rate, who is told that each message has its place in the room. Where nothing acknowledges, it is heard by
/// one other peer instead.
/// </summary>
internal sealed class AcknowledgedScenario : Scenario
{
    private const int Rate = 1000;

    public override string Name => "publish";

    public override string Describe(bool quick) => $"{Rate:N0} messages/s of 64 B, each acknowledged (raw: heard by another peer)";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken);
        var (mode, peers) = stage.Server.Protocol == "raw" ? ("fanout", "--subs") : ("acks", "--conns");
        var load = await stage.LoadAsync(
            server, mode, stage.Server.Path, [peers, "1", "--rate", $"{Rate}", "--size", "64"], cancellationToken, builtIn: true);
        return load.Broken() is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(
                load.LoadCores,
                new Figure("CPU us per message", load.ServerMicrosecondsPerDelivery, "0.0"),
                new Figure("p99 ms", load.Percentile99Microseconds / 1000, "0.00"));
    }
}
