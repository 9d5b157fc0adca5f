using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Bench.Discovery;

/// <summary>Every address of a /24 is tried, of which one answers.</summary>
internal sealed class SweepFigure : DiscoveryFigure
{
    public override string Name => "sweep";

    public override async Task<IReadOnlyList<Timings>> MeasureAsync(bool quick)
    {
        await using var lab = await NetworkLab.CreateAsync();
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        await hub.ServeAsync(new ServeArguments("Lounge", Advertise: false));
        var scan = new ScanArguments { By = FoundBy.Sweep, Subnets = [lab.Lan.Subnet], Timeout = TimeSpan.FromMilliseconds(1) };
        await scanner.ScanAsync(scan);

        var (reported, ended) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = 0; i < (quick ? 3 : 20); i++)
        {
            var report = await scanner.ScanAsync(scan);
            reported.Add(report.Found.Single().After);
            ended.Add(report.Duration);
        }

        return
        [
            new("sweep of a /24, silent but for one: live hub reported", Reach.Under(0.15), reported),
            new("sweep of a /24, silent but for one: ended", Reach.Under(1.2), ended),
        ];
    }
}
