namespace Kodama.Bench.Log;

/// <summary>How many messages a second are kept and acknowledged.</summary>
/// <param name="folder">On the disk that is measured.</param>
internal sealed class DurableRateFigure(string folder) : LogFigure
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    public override string Name => "rate";

    public override string What => "durable: 64 publishers with 16 outstanding each, 64 B: acknowledged messages/s";

    public override string Reach => "50,000/s";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken) =>
        FormattableString.Invariant($"{await RateAsync(1):#,0}/s in one room, {await RateAsync(DurablePublishers.Count):#,0}/s in 64");

    private async Task<double> RateAsync(int rooms)
    {
        await using var publishers = await DurablePublishers.StartAsync(folder, rooms);
        return (await publishers.RunAsync(Length)).Count / Length.TotalSeconds;
    }
}
