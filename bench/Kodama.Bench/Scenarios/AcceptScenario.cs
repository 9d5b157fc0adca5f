using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>Handshakes, 200 at once, after as many again that warmed the server up.</summary>
internal sealed class AcceptScenario : Scenario
{
    public override string Name => "accept";

    public override string Describe(bool quick) => $"{Connections(quick):N0} connections to a warm server, 200 handshakes at once";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken);
        string[] arguments = ["--conns", $"{Connections(stage.Quick)}", "--ips", "10"];
        var warmUp = await stage.LoadAsync(server, "idle", stage.Server.Path, arguments, cancellationToken);
        var load = await stage.LoadAsync(server, "idle", stage.Server.Path, arguments, cancellationToken);
        return (warmUp.Broken() ?? load.Broken()) is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(
                load.LoadCores,
                new Figure("connections/s", load.ConnectionsPerSecond, "N0"),
                new Figure("CPU us per connection", load.ServerMicrosecondsPerConnection, "0"));
    }

    private static int Connections(bool quick) => quick ? 500 : 5_000;
}
