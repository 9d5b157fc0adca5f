using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>Handshakes of TLS, each with its upgrade to a WebSocket: new ones, or such that resume a session.</summary>
internal sealed class HandshakeScenario(bool resumes) : Scenario
{
    public override string Name => resumes ? "resume" : "handshake";

    public override string Describe(bool quick) =>
        $"{Connections(quick):N0} connections to a warm server, {(resumes ? "sessions resumed" : "new sessions")}";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken);
        string[] arguments =
            ["--conns", $"{Connections(stage.Quick)}", "--ips", "10", .. resumes ? (string[])["--resume"] : []];
        var warmUp = await stage.LoadAsync(server, "idle", stage.Server.Path, arguments, cancellationToken);
        var load = await stage.LoadAsync(server, "idle", stage.Server.Path, arguments, cancellationToken);
        return (warmUp.Broken() ?? load.Broken()) is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(load.LoadCores, new Figure("CPU us per connection", load.ServerMicrosecondsPerConnection, "0"));
    }

    private static int Connections(bool quick) => quick ? 300 : 2_000;
}
