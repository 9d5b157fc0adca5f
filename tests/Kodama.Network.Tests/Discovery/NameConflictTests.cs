using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Lab.Agents;

namespace Kodama.Network.Tests.Discovery;

/// <summary>Two hubs are never found by one name, whenever they meet.</summary>
public sealed class NameConflictTests
{
    private static readonly string[] Both = ["Lounge", "Lounge (2)"];
    private static readonly ScanArguments ByMdns = new()
    {
        By = FoundBy.Mdns,
        Timeout = TimeSpan.FromSeconds(50),
        Most = 2,
        WatchInterval = TimeSpan.FromHours(1),
    };

    [Fact]
    public async Task OneAfterTheOther_TheLaterIsRenamed()
    {
        await using var lab = await Labs.CreateAsync();
        var first = LabAgent.Start(await lab.AddHostAsync("first"));
        var second = LabAgent.Start(await lab.AddHostAsync("second"));

        Assert.Equal("Lounge", (await first.AdvertiseAsync(new AdvertiseArguments("Lounge"))).Name);
        Assert.Equal("Lounge (2)", (await second.AdvertiseAsync(new AdvertiseArguments("Lounge"))).Name);
    }

    [Fact]
    public async Task BothAtOnce_OneIsRenamed()
    {
        await using var lab = await Labs.CreateAsync();
        var agents = (await lab.AddHostsAsync("hub", 2)).Select(LabAgent.Start).ToList();
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));

        await Task.WhenAll(agents.Select(agent => agent.AdvertiseAsync(new AdvertiseArguments("Lounge"))));

        var found = await scanner.ScanAsync(ByMdns);
        Assert.Equal(Both, found.Hubs.Select(hub => hub.Name).Order());
    }

    [Fact]
    public async Task NetworksThatAreJoined_OneIsRenamed()
    {
        await using var lab = await Labs.CreateAsync();
        var agents = (await lab.AddHostsAsync("hub", 2)).Select(LabAgent.Start).ToList();
        var watcher = LabAgent.Start(await lab.AddHostAsync("watcher"));
        var watching = await watcher.WatchAsync(ByMdns);
        await agents[1].Host.Port.CutAsync();
        foreach (var agent in agents) Assert.Equal("Lounge", (await agent.AdvertiseAsync(new AdvertiseArguments("Lounge"))).Name);
        await watching.NextAsync(HubChangeKind.Found, "Lounge");

        await agents[1].Host.Port.RestoreAsync();
        // Neither host has seen anything: they meet at what one of them says next.
        await agents[1].UpdateAsync(new UpdateArguments("Lounge", new Dictionary<string, string> { ["room"] = "201" }));

        await watching.NextAsync(
            e => e.Name is nameof(HubChangeKind.Found) or nameof(HubChangeKind.Changed) && e.Read<FoundHub>().Name == "Lounge (2)",
            "one that is renamed");
        var found = await watcher.ScanAsync(ByMdns);
        Assert.Equal(Both, found.Hubs.Select(hub => hub.Name).Order());
    }
}
