using Kodama.Bench.Compare;

namespace Kodama.Bench.Scenarios;

/// <summary>Many small rooms at once: finding the room, and no room's messages in another.</summary>
internal sealed class RoomsScenario : Scenario
{
    private const int Peers = 5;

    public override string Name => "rooms";

    public override string Describe(bool quick) => $"{Rooms(quick):N0} rooms of {Peers} peers, {Rate(quick):N0} messages/s of 64 B in all";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken);
        string[] arguments =
        [
            "--rooms", $"{Rooms(stage.Quick)}", "--subs", $"{Peers - 1}", "--pubs", "1", "--rate", $"{Rate(stage.Quick)}", "--size", "64",
        ];
        var load = await stage.LoadAsync(server, "fanout", stage.Server.RoomPath, arguments, cancellationToken, builtIn: true);
        return load.Broken() is { } broken
            ? Outcome.Failed(broken)
            : Outcome.Of(
                load.LoadCores,
                new Figure("CPU us per delivery", load.ServerMicrosecondsPerDelivery, "0.0"),
                new Figure("p99 ms", load.Percentile99Microseconds / 1000, "0.0"));
    }

    private static int Rooms(bool quick) => quick ? 100 : 1_000;

    private static int Rate(bool quick) => quick ? 500 : 5_000;
}
