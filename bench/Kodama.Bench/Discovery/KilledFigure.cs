using System.Diagnostics;
using Kodama.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Bench.Discovery;

/// <summary>A hub's process ends without a word.</summary>
internal sealed class KilledFigure : DiscoveryFigure
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public override string Name => "killed";

    public override async Task<IReadOnlyList<Timings>> MeasureAsync(bool quick)
    {
        await using var lab = await NetworkLab.CreateAsync();
        var host = await lab.AddHostAsync("hub");
        var watcher = LabAgent.Start(await lab.AddHostAsync("watcher"));
        var watching = await watcher.WatchAsync();

        var times = new List<TimeSpan>();
        for (var i = 0; i < (quick ? 1 : 5); i++)
        {
            var name = $"Hub {i}";
            await using var hub = LabAgent.Start(host);
            await hub.ServeAsync(new ServeArguments(name));
            await watching.NextAsync(HubChangeKind.Found, name);
            var begun = Stopwatch.GetTimestamp();
            await hub.KillAsync();
            var lost = await watching.NextAsync(HubChangeKind.Lost, name, deadline: Patience);
            times.Add(Stopwatch.GetElapsedTime(begun, lost.At));
        }

        return [new("hub killed: gone from watchers", Reach.Under(15), times)];
    }
}
