using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Bench.Discovery;

/// <summary>A hub runs, a scanner starts.</summary>
internal sealed class FoundFigure : DiscoveryFigure
{
    private static readonly ScanArguments Scan = new() { By = FoundBy.Mdns, Most = 1, Timeout = TimeSpan.FromSeconds(20) };

    public override string Name => "found";

    public override async Task<IReadOnlyList<Timings>> MeasureAsync(bool quick)
    {
        await using var lab = await NetworkLab.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        await lab.AddHostAsync("bystander");
        await hub.ServeAsync(new ServeArguments("Lounge"));
        await scanner.ScanAsync(Scan);

        var times = new List<TimeSpan>();
        for (var i = 0; i < (quick ? 5 : 100); i++)
            times.Add((await scanner.ScanAsync(Scan)).Found.Single().After);
        var reach = new Reach(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(300));
        return [new("hub running, scanner starts: found by mDNS", reach, times)];
    }
}
