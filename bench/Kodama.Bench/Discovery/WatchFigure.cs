using System.Diagnostics;
using Kodama.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Bench.Discovery;

/// <summary>A scanner watches while a hub comes and goes.</summary>
internal sealed class WatchFigure : DiscoveryFigure
{
    public override string Name => "watch";

    public override async Task<IReadOnlyList<Timings>> MeasureAsync(bool quick)
    {
        await using var lab = await NetworkLab.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var watcher = LabAgent.Start(await lab.AddHostAsync("watcher"));
        await lab.AddHostAsync("bystander");
        var watching = await watcher.WatchAsync();

        var (seen, gone) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = 0; i < (quick ? 3 : 21); i++)
        {
            // A name of its own each time: nothing is left of the one before.
            var name = $"Hub {i}";
            var begun = Stopwatch.GetTimestamp();
            var serving = await hub.ServeAsync(new ServeArguments(name));
            var found = await watching.NextAsync(HubChangeKind.Found, name);
            var stopped = Stopwatch.GetTimestamp();
            await serving.StopAsync();
            var lost = await watching.NextAsync(HubChangeKind.Lost, name);
            // The first start of all compiles the hub.
            if (i == 0)
                continue;
            seen.Add(Stopwatch.GetElapsedTime(begun, found.At));
            gone.Add(Stopwatch.GetElapsedTime(stopped, lost.At));
        }

        return
        [
            new("scanner watching, hub starts: seen", Reach.Under(1.5), seen),
            new("hub stops: gone from watchers", Reach.Under(0.5), gone),
        ];
    }
}
