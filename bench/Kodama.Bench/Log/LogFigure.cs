namespace Kodama.Bench.Log;

/// <summary>One row of the table.</summary>
internal abstract class LogFigure
{
    public abstract string Name { get; }

    /// <summary>What is done.</summary>
    public abstract string What { get; }

    /// <summary>What it should be.</summary>
    public abstract string Reach { get; }

    /// <summary>What it is.</summary>
    /// <exception cref="InvalidOperationException">Something was lost, doubled or out of order: there is no figure.</exception>
    /// <exception cref="Load.LoadException">The same, over sockets; or there was no load.</exception>
    public abstract Task<string> MeasureAsync(CancellationToken cancellationToken);

    /// <summary>CPU time of this process, of all its threads.</summary>
    protected static TimeSpan Cpu => Environment.CpuUsage.TotalTime;

    protected static async Task<Peer> ComeAsync(Hub hub, ReadingLink link)
    {
        var admission = await hub.AdmitAsync(new PeerDescription { Door = "bench", Encoder = PositionedEncoder.Instance }, link);
        link.Attach(admission.Peer!);
        return admission.Peer!;
    }
}
