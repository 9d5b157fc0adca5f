namespace Kodama.Bench.Log;

/// <summary>Memory of many rooms with something kept.</summary>
internal sealed class RoomsFigure : LogFigure
{
    private const int Rooms = 100_000;

    public override string Name => "rooms";

    public override string What => "100,000 rooms with a kept message of 64 B each: memory";

    public override string Reach => "within 128 MiB";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var hub = new Hub();
        var publisher = new PeerDescription { Door = "bench", Encoder = PositionedEncoder.Instance };
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Rooms; i++)
        {
            await hub.PublishAsync(
                publisher, $"room {i}", Payload.OfText(new byte[64]), Message.DefaultEvent, cancellationToken: cancellationToken);
        }
        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        if (hub.Rooms.Count != Rooms) throw new InvalidOperationException($"There are {hub.Rooms.Count} rooms.");
        foreach (var room in hub.Rooms)
        {
            var page = await room.ReadAsync(0, cancellationToken: cancellationToken);
            if (page.Entries.Count != 1) throw new InvalidOperationException($"{room.Name} has lost its message.");
        }
        const double mebi = 1024 * 1024;
        return $"{taken / mebi:0.0} MiB, {taken / Rooms} B a room; the hub counts {hub.LogBudget.Taken / mebi:0.0} MiB";
    }
}
