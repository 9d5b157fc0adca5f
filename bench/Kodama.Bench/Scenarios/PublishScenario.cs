using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>A backend that publishes over HTTP to a room in which nobody is: what a request costs.</summary>
internal sealed class PublishScenario : Scenario
{
    private const int Connections = 32;

    public override string Name => "publish";

    public override string Describe(bool quick) =>
        $"POST of 64 B to an empty room, {Connections} kept connections, one request in flight on each";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken);
        var load = await stage.LoadAsync(
            server, "publish", stage.Server.PublishPath, ["--conns", $"{Connections}", "--size", "64"], cancellationToken, builtIn: true);
        return load.Broken() is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(
                load.LoadCores,
                new Figure("requests/s", load.RequestsPerSecond, "N0"),
                new Figure("CPU us per request", load.ServerMicrosecondsPerRequest, "0.0"));
    }
}
