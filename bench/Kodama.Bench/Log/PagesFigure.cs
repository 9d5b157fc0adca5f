using System.Diagnostics;

namespace Kodama.Bench.Log;

/// <summary>A long log, read back by pages.</summary>
internal sealed class PagesFigure : LogFigure
{
    private const int Page = 100;

    public override string Name => "pages";

    public override string What => "1,000,000 of 64 B published and read back by pages of 100: cost of a page, beside a log of 10,000";

    public override string Reach => "independent of the length";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(10_000);
        var (shorter, _) = await ReadAsync(10_000);
        var (longer, memory) = await ReadAsync(1_000_000);
        return $"{longer.TotalMicroseconds:0.0} us against {shorter.TotalMicroseconds:0.0}; {memory / 1024.0 / 1024:0} MiB";
    }

    private static async Task<(TimeSpan Page, long Memory)> ReadAsync(int messages)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var hub = new Hub(new HubOptions
        {
            Log = { Messages = messages, Bytes = 256 * 1024 * 1024, MaxTotalBytes = 1024L * 1024 * 1024 },
            Rooms = { ["room"] = new() { KeepWhenEmpty = true } },
        });
        await hub.PublishAsync(
            new PeerDescription { Door = "bench", Encoder = PositionedEncoder.Instance },
            "room", Payload.OfText(new byte[64]), Message.DefaultEvent);
        var room = hub.FindRoom("room")!;
        for (var i = 1; i < messages; i++) room.Send(Payload.OfText(new byte[64]));
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        var watch = Stopwatch.StartNew();
        var (read, pages) = (0L, 0);
        while (read < messages)
        {
            var page = await room.ReadAsync(read, Page);
            if (page.IsGap || page.Entries[0].Offset != read + 1) throw new InvalidOperationException($"A hole behind {read}.");
            read = page.UpTo.Offset;
            pages++;
        }
        return (watch.Elapsed / pages, memory);
    }
}
