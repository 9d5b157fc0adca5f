using Kodama.Bench.Servers;

namespace Kodama.Bench.Log;

/// <summary>A crowd that is cut off at once and comes back while others speak.</summary>
internal sealed class ResumeFigure : CrowdFigure
{
    private const int Peers = 10_000;
    private const int PerSecond = 200;

    public override string Name => "resume";

    public override string What =>
        "10,000 peers of a room that keeps 10,000 cut off for 1 s at 200 msg/s, all resume: until the last is live";

    public override string Reach => "5 s on one core";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var (peers, remark) = AsManyAsGo(Peers);
        var load = await LoadAsync("resume", peers, cancellationToken, "--rate", Text(PerSecond), "--kept", Text(LogServer.Kept));
        var (seconds, cpu) = (load.SecondsToLive, load.ServerMicrosecondsPerConnection);
        return FormattableString.Invariant(
                $"{seconds:0.0} s, {cpu:0} us of the hub's CPU a peer; {load.Got:#,0} messages, each once, in order; ")
            + FormattableString.Invariant($"the hub had {load.ServerCores:0.00} of its core, the load {load.LoadCores:0.00}{remark}");
    }
}
