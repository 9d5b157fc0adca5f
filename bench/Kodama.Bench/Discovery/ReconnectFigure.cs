using System.Diagnostics;
using Kodama.Network.Agent.Clients;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Bench.Discovery;

/// <summary>A client's network goes away and comes back: what passes beyond the delay of its strategy.</summary>
internal sealed class ReconnectFigure : DiscoveryFigure
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public override string Name => "reconnect";

    public override async Task<IReadOnlyList<Timings>> MeasureAsync(bool quick)
    {
        var runs = quick ? 2 : 10;
        return
        [
            new(
                "client's interface down and up: reconnected, beyond a delay of 200 ms",
                Reach.Under(0.1),
                await MeasureAsync(runs, false, p => p.DownAsync(), p => p.UpAsync())),
            new(
                "client's network cut unnoticed and back: reconnected, beyond a delay of 200 ms",
                Reach.Under(0.1),
                await MeasureAsync(runs, false, p => p.CutAsync(), p => p.RestoreAsync())),
            new(
                "the same, back while an attempt hangs",
                Reach.Under(0.1),
                await MeasureAsync(runs, true, p => p.CutAsync(), p => p.RestoreAsync())),
        ];
    }

    private static async Task<IReadOnlyList<TimeSpan>> MeasureAsync(
        int runs, bool hanging, Func<LabPort, Task> cut, Func<LabPort, Task> restore)
    {
        await using var lab = await NetworkLab.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var client = LabAgent.Start(await lab.AddHostAsync("client"));
        await hub.ServeAsync(new ServeArguments("Lounge"));
        var connection = await client.SendAsync("connect", new ConnectArguments($"{hub.Host.Url()}") { ReconnectDelay = Delay });
        await connection.NextAsync("message");

        var times = new List<TimeSpan>();
        for (var i = 0; i < runs; i++)
        {
            await cut(client.Host.Port);
            await connection.NextAsync("Reconnecting", deadline: Patience);
            if (hanging)
                await client.Host.WhileConnectingAsync();
            await restore(client.Host.Port);
            var begun = Stopwatch.GetTimestamp();
            var connected = await connection.NextAsync("Connected", deadline: Patience);
            await connection.NextAsync("message");
            var beyond = Stopwatch.GetElapsedTime(begun, connected.At) - Delay;
            times.Add(beyond > TimeSpan.Zero ? beyond : TimeSpan.Zero);
        }

        return times;
    }
}
