using System.Diagnostics;
using Kodama.Bench.Log;
using Kodama.Client;

namespace Kodama.Bench.Cluster;

/// <summary>How soon all clients of a hub that was killed are live at the others.</summary>
internal sealed class ResumeElsewhereFigure : LogFigure
{
    private const int Clients = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public override string Name => "resume";

    public override string What => 
        "a hub with 1,000 clients of kodama.v1 in a room is killed: until the last has resumed its session elsewhere";

    public override string Reach => "3 s";

    public override async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var hubs = await Hubs.StartAsync(isSafe: true, cancellationToken);
        var clients = new KodamaRooms[Clients];
        await Parallel.ForAsync(0, Clients, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            clients[i] = await KodamaRooms.ConnectAsync(hubs.Address(0), cancellationToken: cancellationToken);
            await clients[i].JoinAsync("lounge", cancellationToken: cancellationToken);
        });
        // Until all hubs know each other, and so the clients know them.
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        var resumed = clients.Select(client => ResumedAsync(client, cancellationToken)).ToArray();

        var begun = Stopwatch.GetTimestamp();
        await hubs.Servers[0].KillAsync();
        var times = await Task.WhenAll(resumed).WaitAsync(Patience, cancellationToken);
        var last = Stopwatch.GetElapsedTime(begun, times.Max()).TotalSeconds;
        var half = Stopwatch.GetElapsedTime(begun, times.Order().ElementAt(Clients / 2)).TotalSeconds;
        await Parallel.ForEachAsync(clients, cancellationToken, static (client, _) => client.DisposeAsync());
        return FormattableString.Invariant($"{last:0.0} s (half of them {half:0.0} s)");
    }

    private static async Task<long> ResumedAsync(KodamaRooms client, CancellationToken cancellationToken)
    {
        await foreach (var status in client.WatchStatusAsync(cancellationToken))
        {
            if (status is ClientStatus.Connected { IsResumed: true }) return Stopwatch.GetTimestamp();
        }
        throw new InvalidOperationException("A client has closed.");
    }
}
