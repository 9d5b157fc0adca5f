using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Bench.Discovery;

/// <summary>A network that lets no multicast pass between its hosts.</summary>
internal sealed class BlockedFigure : DiscoveryFigure
{
    public override string Name => "blocked";

    public override async Task<IReadOnlyList<Timings>> MeasureAsync(bool quick)
    {
        await using var lab = await NetworkLab.CreateAsync();
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        await lab.AddHostAsync("bystander");
        await hub.Host.Port.BlockMulticastAsync();
        await scanner.Host.Port.BlockMulticastAsync();
        await hub.ServeAsync(new ServeArguments("Lounge"));
        var scan = new ScanArguments { Most = 1 };
        await scanner.ScanAsync(scan);

        var times = new List<TimeSpan>();
        for (var i = 0; i < (quick ? 3 : 20); i++)
            times.Add((await scanner.ScanAsync(scan)).Found.Single().After);
        return [new("multicast blocked between hosts: found by the sweep", Reach.Under(0.3), times)];
    }
}
