using Kodama.Bench.Compare;
using Kodama.Bench.Load;
using Kodama.Bench.Log;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Cluster;

/// <summary>What a delivery costs a hub whose rooms lie in Redis, beside one that has them alone.</summary>
internal sealed class HubCostFigure : LogFigure
{
    private static readonly string[] Load = ["--subs", "200", "--pubs", "1", "--rate", "200", "--size", "64"];

    public override string Name => "delivery";

    public override string What => "a room of 200 peers at one of three hubs, 200 messages/s of 64 B: the hub's CPU per delivery";

    public override string Reach => "1.15 x one hub alone";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var (alone, together) = await PairAsync("fanout", Load, static load => load.ServerMicrosecondsPerDelivery, cancellationToken);
        return FormattableString.Invariant($"{together:0.0} us against {alone:0.0} us: {together / alone:0.00} x");
    }

    /// <summary>The median of three runs, of one hub alone and of one of three, in turn.</summary>
    public static async Task<(double Alone, double Together)> PairAsync(
        string mode, string[] load, Func<LoadResult, double?> figure, CancellationToken cancellationToken)
    {
        var (alone, together) = (new List<double>(), new List<double>());
        for (var i = 0; i < 3; i++)
        {
            await using (var server = await RunningServer.StartAsync(new KodamaServer(), false, Repository.Find(), cancellationToken))
                alone.Add(await RunAsync(server, mode, load, figure, cancellationToken));
            await using var hubs = await Hubs.StartAsync(isSafe: false, cancellationToken);
            await using var pinned = await RunningServer.StartAsync(
                new ClusterServer(hubs.Redis), false, Repository.Find(), cancellationToken);
            together.Add(await RunAsync(pinned, mode, load, figure, cancellationToken));
        }
        alone.Sort();
        together.Sort();
        return (alone[1], together[1]);
    }

    private static async Task<double> RunAsync(
        RunningServer server, string mode, string[] load, Func<LoadResult, double?> figure, CancellationToken cancellationToken)
    {
        var options = new CompareOptions { Scenarios = [], Servers = [], Seconds = 4, Quick = false };
        var stage = new Stage(options, new KodamaServer(), Repository.Find());
        var result = await stage.LoadAsync(server, mode, "/ws", load, cancellationToken);
        if (result.Broken() is { } broken) throw new LoadException(broken);
        return figure(result) ?? throw new LoadException("There is no figure.");
    }
}
