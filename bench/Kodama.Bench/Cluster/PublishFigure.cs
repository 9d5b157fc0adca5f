using System.Diagnostics;
using Kodama.Bench.Log;
using Kodama.Bench.Processes;
using Kodama.Client;

namespace Kodama.Bench.Cluster;

/// <summary>What a publish costs Redis, and how many there are a second.</summary>
internal sealed class PublishFigure : LogFigure
{
    private const int Publishers = 24;
    private const int Each = 8000;

    // Half a second was measured by what the hubs compile at first.
    private const int WarmUp = 8000;
    private static readonly string Text = new('x', 64);

    public override string Name => "publish";

    public override string What =>
        "24 clients of kodama.v1 at three hubs, each in a room of its own with up to 100 under way, 64 B, appendfsync always";

    public override string Reach => "12 us of Redis a publish; 40,000/s";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var hubs = await Hubs.StartAsync(isSafe: true, cancellationToken);
        var clients = new List<KodamaRooms>();
        var rooms = new List<JoinedRoom>();
        for (var i = 0; i < Publishers; i++)
        {
            clients.Add(await KodamaRooms.ConnectAsync(hubs.Address(i % Hubs.Count), new() { PublishCapacity = 256 }, cancellationToken));
            rooms.Add(await clients[i].JoinAsync($"r{i}", cancellationToken: cancellationToken));
        }
        await Task.WhenAll(rooms.Select(room => PublishAsync(room, WarmUp, cancellationToken)));

        var before = await hubs.Redis.ScriptsAsync(cancellationToken);
        var (cpu, begun) = (ProcessUsage.Read(hubs.Redis.ProcessId).CpuSeconds, Stopwatch.GetTimestamp());
        await Task.WhenAll(rooms.Select(room => PublishAsync(room, Each, cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var after = await hubs.Redis.ScriptsAsync(cancellationToken);
        var all = (double)Publishers * Each;
        var used = ProcessUsage.Read(hubs.Redis.ProcessId).CpuSeconds - cpu;
        foreach (var client in clients) await client.DisposeAsync();
        if (after.Kept - before.Kept != all)
            throw new InvalidOperationException($"{after.Kept - before.Kept} messages were kept of {all} publishes.");
        var calls = after.Calls - before.Calls;
        var scripts = (after.Microseconds - before.Microseconds) / all;
        return FormattableString.Invariant(
            $"{scripts:0.0} us in scripts, {used * 1e6 / all:0.0} us of the process; {all / elapsed:#,0}/s, {all / calls:0} a script");
    }

    private static async Task PublishAsync(JoinedRoom room, int count, CancellationToken cancellationToken)
    {
        var underWay = new Queue<Task>();
        for (var i = 0; i < count; i++)
        {
            if (underWay.Count == 100) await underWay.Dequeue();
            underWay.Enqueue(room.PublishAsync(Text, cancellationToken));
        }
        await Task.WhenAll(underWay);
    }
}
