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
    public abstract Task<string> MeasureAsync();

    /// <summary>CPU time of this process, of all its threads.</summary>
    protected static TimeSpan Cpu => Environment.CpuUsage.TotalTime;

    protected static async Task<Peer> ComeAsync(Hub hub, ReadingLink link, string? session = null)
    {
        var admission = await hub.AdmitAsync(new PeerDescription { Door = "bench", Encoder = PositionedEncoder.Instance, Session = session }, link);
        link.Attach(admission.Peer!);
        return admission.Peer!;
    }
}
