using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Bench.Discovery;

/// <summary>Fifty hubs, each on a host of its own.</summary>
internal sealed class CrowdFigure : DiscoveryFigure
{
    private const int Hubs = 50;

    public override string Name => "crowd";

    public override async Task<IReadOnlyList<Timings>> MeasureAsync(bool quick)
    {
        await using var lab = await NetworkLab.CreateAsync();
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        var watching = await scanner.WatchAsync();
        foreach (var hosts in (await lab.AddHostsAsync("hub", Hubs)).Chunk(10))
        {
            await Task.WhenAll(hosts.Select(host => LabAgent.Start(host).ServeAsync(new ServeArguments(host.Name))));
            var waiting = hosts.Select(host => host.Name).ToHashSet();
            while (waiting.Count > 0)
                waiting.Remove((await watching.NextAsync(nameof(HubChangeKind.Found))).Read<FoundHub>().Name);
        }

        await watching.StopAsync();
        var scan = new ScanArguments { Most = Hubs, Timeout = TimeSpan.FromSeconds(20) };
        await scanner.ScanAsync(scan);

        var times = new List<TimeSpan>();
        for (var i = 0; i < (quick ? 2 : 20); i++)
        {
            var report = await scanner.ScanAsync(scan);
            if (report.Found.Count != Hubs)
                throw new LabException($"{report.Found.Count} of {Hubs} hubs were found.");
            times.Add(report.Found[^1].After);
        }

        return [new("50 hubs on one network: all found", Reach.Under(1), times)];
    }
}
