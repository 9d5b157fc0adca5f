namespace Kodama.Bench.Log;

/// <summary>What a crowd that joins with the last messages costs, beside the same messages as they happen.</summary>
internal sealed class JoinFigure : CrowdFigure
{
    private const int Peers = 1_000;

    public override string Name => "join";

    public override string What => "1,000 peers join with the last 100 of 64 B: the hub's CPU per byte, beside as many that are live";

    public override string Reach => "1.5 x";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var load = await LoadAsync("join", Peers, cancellationToken, "--rate", "200");
        var (live, atOnce) = (load.ServerNanosecondsPerByteLive, load.ServerNanosecondsPerByteAtOnce);
        var joining = load.ServerNanosecondsPerByte;
        return FormattableString.Invariant($"{joining / live:0.00} x of 200 msg/s, {joining / atOnce:0.00} x of 100 at once ")
            + FormattableString.Invariant($"({joining:0.00} ns a byte against {live:0.00} and {atOnce:0.00})");
    }
}
