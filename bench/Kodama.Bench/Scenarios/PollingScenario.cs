using Kodama.Bench.Compare;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Scenarios;

/// <summary>As <see cref="EchoScenario"/>, by clients that get no WebSocket through: an echo is a POST, and the GET that waited for
/// it.</summary>
internal sealed class PollingScenario : Scenario
{
    private const int Connections = 100;

    public override string Name => "polling";

    public override string Describe(bool quick) =>
        $"{Connections} clients that poll, each in a room of its own, 64 B ping-pong by POST and GET";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken, echo: true);
        var load = await stage.LoadAsync(
            server, "polling", SocketIOServer.PollingPath, ["--conns", $"{Connections}", "--size", "64"], cancellationToken);
        return load.Broken() is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(
                load.LoadCores,
                new Figure("requests/s", load.RequestsPerSecond, "N0"),
                new Figure("CPU us per request", load.ServerMicrosecondsPerRequest, "0.0"),
                new Figure("p99 ms", load.Percentile99Microseconds / 1000, "0.0"));
    }
}
