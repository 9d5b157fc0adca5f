using Kodama.Bench.Log;

namespace Kodama.Bench.Cluster;

/// <summary>How much later something arrives for its way through Redis.</summary>
internal sealed class AddedDelayFigure : LogFigure
{
    private static readonly string[] Load = ["--subs", "1", "--pubs", "1", "--rate", "1000", "--size", "64"];

    public override string Name => "delay";

    public override string What => 
        "1,000 messages/s of 64 B from one peer to another at the same hub: p50 with Redis (everysec), less p50 without";

    public override string Reach => "1 ms";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var (alone, together) = await HubCostFigure.PairAsync("fanout", Load, static load => load.MedianMicroseconds, cancellationToken);
        return FormattableString.Invariant($"{(together - alone) / 1000:0.00} ms ({together / 1000:0.00} less {alone / 1000:0.00})");
    }
}
