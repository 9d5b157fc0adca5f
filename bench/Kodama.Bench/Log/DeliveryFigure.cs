namespace Kodama.Bench.Log;

/// <summary>Bytes allocated for a delivery, with the default log on.</summary>
internal sealed class DeliveryFigure : LogFigure
{
    private const int Peers = 200;
    private const int Messages = 20_000;

    public override string Name => "delivery";

    public override string What => "64 B to 200 peers: allocated for a delivery, memory engine";

    public override string Reach => "0 B";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var hub = new Hub();
        var links = new List<ReadingLink>();
        Room room = null!;
        for (var i = 0; i < Peers; i++)
        {
            links.Add(new ReadingLink(0));
            var peer = await ComeAsync(hub, links[^1]);
            hub.Join(peer, "room");
            room = peer.Room!;
        }
        var payload = Payload.OfText(new byte[64]);
        for (var i = 0; i < Messages; i++) room.Send(payload);
        var (allocated, cpu) = (GC.GetAllocatedBytesForCurrentThread(), Cpu);
        for (var i = 0; i < Messages; i++) room.Send(payload);
        (allocated, cpu) = (GC.GetAllocatedBytesForCurrentThread() - allocated, Cpu - cpu);
        foreach (var link in links)
        {
            if (link.Wrong is not null || link.Received != 2 * Messages)
                throw new InvalidOperationException(link.Wrong ?? $"{link.Received} of {2 * Messages} came");
        }
        const long deliveries = (long)Messages * Peers;
        return $"{(double)allocated / deliveries:0.###} B, {cpu.TotalNanoseconds / deliveries:0} ns of CPU";
    }
}
