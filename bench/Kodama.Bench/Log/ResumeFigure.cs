using System.Diagnostics;

namespace Kodama.Bench.Log;

/// <summary>A crowd that is cut off at once and comes back while others speak.</summary>
internal sealed class ResumeFigure : LogFigure
{
    private const int Peers = 10_000;
    private const int Kept = 10_000;
    private const int PerSecond = 200;

    public override string Name => "resume";

    public override string What => "10,000 peers of a room that keeps 10,000 cut off for 1 s at 200 msg/s, all resume: until the last is live";

    public override string Reach => "5 s on one core";

    public override async Task<string> MeasureAsync()
    {
        var hub = new Hub(new HubOptions { Log = { Messages = Kept, Bytes = 64 * 1024 * 1024 } });
        var links = new ReadingLink[Peers];
        var peers = new Peer[Peers];
        for (var i = 0; i < Peers; i++)
        {
            links[i] = new ReadingLink(0);
            peers[i] = await ComeAsync(hub, links[i], $"s{i}");
            hub.Join(peers[i], "room");
        }
        var room = hub.FindRoom("room")!;
        using var stopping = new CancellationTokenSource();
        var speaking = SpeakAsync(room, stopping.Token);
        await Task.Delay(TimeSpan.FromSeconds(2));
        foreach (var peer in peers)
        {
            hub.Remove(peer, CloseReason.Lost);
            peer.Outbox.Close();
        }
        await Task.Delay(TimeSpan.FromSeconds(1));
        var (watch, cpu) = (Stopwatch.StartNew(), Cpu);
        for (var i = 0; i < Peers; i++)
        {
            var before = links[i];
            if (before.Wrong is not null) throw new InvalidOperationException(before.Wrong);
            links[i] = new ReadingLink(before.Last);
            peers[i] = await ComeAsync(hub, links[i], $"s{i}");
            var joined = await hub.JoinAsync(peers[i], new JoinRequest { Room = "room", Start = Start.After(new Position(room.Epoch, before.Last)) });
            if (joined.IsGap) throw new InvalidOperationException("A gap.");
        }
        var head = room.Offset;
        foreach (var link in links)
        {
            while (link.Last < head && link.Wrong is null) await Task.Delay(1);
        }
        (var elapsed, cpu) = (watch.Elapsed, Cpu - cpu);
        await stopping.CancelAsync();
        await speaking;
        foreach (var link in links)
        {
            while (link.Last < room.Offset && link.Wrong is null) await Task.Delay(1);
            if (link.Wrong is not null) throw new InvalidOperationException(link.Wrong);
        }
        return $"{elapsed.TotalSeconds:0.00} s, {cpu.TotalMicroseconds / Peers:0} us of CPU a peer";
    }

    private static async Task SpeakAsync(Room room, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) room.Send(Payload.Text(new byte[64]));
        }
        catch (OperationCanceledException)
        {
            // It has been long enough.
        }
    }
}
