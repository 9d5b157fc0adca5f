namespace Kodama.Bench.Log;

/// <summary>What a crowd that joins with the last messages costs, beside the same bytes as they happen.</summary>
internal sealed class JoinFigure : LogFigure
{
    private const int Peers = 1000;
    private const int Messages = 100;
    private const int Rounds = 20;

    public override string Name => "join";

    public override string What => "1,000 peers join with the last 100 of 64 B: CPU beside live fan-out of the same";

    public override string Reach => "1.5 x";

    public override async Task<string> MeasureAsync()
    {
        var (live, joining) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var round = 0; round < Rounds; round++)
        {
            var hub = new Hub();
            var room = await FillAsync(hub);
            var links = Enumerable.Range(0, Peers).Select(_ => new ReadingLink(Messages)).ToList();
            foreach (var link in links) hub.Join(await ComeAsync(hub, link), "room");
            var cpu = Cpu;
            for (var i = 0; i < Messages; i++) room.Send(Payload.Text(new byte[64]));
            live += Cpu - cpu;
            await CheckAsync(links);

            links = [.. links.Select(_ => new ReadingLink(Messages))];
            var peers = new List<Peer>();
            foreach (var link in links) peers.Add(await ComeAsync(hub, link));
            cpu = Cpu;
            foreach (var peer in peers) await hub.JoinAsync(peer, new JoinRequest { Room = "room", Start = Start.Last(Messages) });
            await CheckAsync(links);
            joining += Cpu - cpu;
        }
        return $"{joining / live:0.00} x ({joining.TotalMicroseconds / Rounds / Peers:0.0} us a peer against {live.TotalMicroseconds / Rounds / Peers:0.0})";
    }

    private static async Task<Room> FillAsync(Hub hub)
    {
        var publisher = new PeerDescription { Door = "bench", Encoder = PositionedEncoder.Instance };
        for (var i = 0; i < Messages; i++) await hub.PublishAsync(publisher, "room", Payload.Text(new byte[64]), Message.DefaultEvent);
        return hub.FindRoom("room")!;
    }

    private static async Task CheckAsync(List<ReadingLink> links)
    {
        foreach (var link in links)
        {
            while (link.Received < Messages && link.Wrong is null) await Task.Delay(1);
            if (link.Wrong is not null) throw new InvalidOperationException(link.Wrong);
        }
    }
}
