using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>Each connection alone in a room that echoes, one message in flight: what a message costs, in and out.</summary>
internal sealed class EchoScenario : Scenario
{
    private const int Connections = 100;

    public override string Name => "echo";

    public override string Describe(bool quick) => $"{Connections} connections, each in a room of its own, 64 B ping-pong";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken, echo: true);
        var load = await stage.LoadAsync(
            server, "echo", stage.Server.RoomPath, ["--conns", $"{Connections}", "--depth", "1", "--size", "64"], cancellationToken);
        return load.Broken(stage.MayFly(Connections)) is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(
                load.LoadCores,
                new Figure("CPU us per echo", load.ServerMicrosecondsPerDelivery, "0.0"),
                new Figure("echoes/s", load.DeliveriesPerSecond, "N0"),
                new Figure("p99 ms", load.Percentile99Microseconds / 1000, "0.0"));
    }
}
