using Kodama.Bench.Compare;
using Kodama.Bench.Load;

namespace Kodama.Bench.Scenarios;

/// <summary>
/// One room, the rate doubled until the server no longer keeps up, then the limit narrowed down. Every step has a fresh server: one that
/// was overloaded keeps its queues.
/// </summary>
internal sealed class SaturationScenario : Scenario
{
    private const int Peers = 200;
    private const int FirstRate = 250;
    private const int LastRate = 64_000;
    private const double MaxMilliseconds = 100;

    public override string Name => "saturation";

    public override string Describe(bool quick) =>
        $"a room of {Peers} peers, 64 B, the most deliveries/s with p99 under {MaxMilliseconds} ms";

    public override async Task<Outcome> RunAsync(Stage stage, CancellationToken cancellationToken)
    {
        LoadResult? best = null;
        double low = 0;
        double rate = FirstRate;
        double? high = null;
        var lastRate = stage.Quick ? 2 * FirstRate : LastRate;
        var bisections = stage.Quick ? 1 : 3;
        while (rate <= lastRate && (high is null || bisections-- > 0))
        {
            var (load, failure) = await StepAsync(stage, rate, cancellationToken);

            // Another process may have taken the core for a moment: the limit is where it fails twice.
            if (failure is not null && load?.Corrupted is null)
                (load, failure) = await StepAsync(stage, rate, cancellationToken);
            if (load?.Corrupted is { } corrupted)
                return Outcome.Failed($"{corrupted} at {rate:0} messages/s");
            if (failure is null)
            {
                best = load!.DeliveriesPerSecond > (best?.DeliveriesPerSecond ?? 0) ? load : best;
                low = rate;
            }
            else if (low == 0)
            {
                return Outcome.Failed($"{failure} at {rate:0} messages/s already");
            }
            else
            {
                high = rate;
            }

            rate = high is { } limit ? Math.Sqrt(low * limit) : 2 * rate;
        }

        return Outcome.Of(
            best?.LoadCores,
            new Figure("deliveries/s", best?.DeliveriesPerSecond, "N0"),
            new Figure("CPU us per delivery", best?.ServerMicrosecondsPerDelivery, "0.00"),
            new Figure("p99 ms", best?.Percentile99Microseconds / 1000, "0.0"));
    }

    private static async Task<(LoadResult? Load, string? Failure)> StepAsync(Stage stage, double rate, CancellationToken cancellationToken)
    {
        await using var server = await stage.StartAsync(cancellationToken);
        LoadResult load;
        try
        {
            load = await stage.LoadAsync(
                server, "fanout", stage.Server.Path, ["--subs", $"{Peers}", "--pubs", "1", "--rate", $"{rate:0}", "--size", "64"],
                cancellationToken);
        }
        catch (LoadException e)
        {
            return (null, e.Message);
        }

        if (load.Broken() is { } broken)
            return (load, broken);
        if (load.Percentile99Microseconds is not { } p99 || p99 >= MaxMilliseconds * 1000)
            return (load, $"p99 {load.Percentile99Microseconds / 1000:0} ms");
        return (load, load.SentPerSecond < 0.95 * rate ? $"only {load.SentPerSecond:0} messages/s accepted" : null);
    }
}
