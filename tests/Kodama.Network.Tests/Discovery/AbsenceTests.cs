using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Network.Tests.Discovery;

/// <summary>Networks come late, go and come back, and machines sleep.</summary>
public sealed class AbsenceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ScanArguments ByMdns = new() { By = FoundBy.Mdns, WatchInterval = TimeSpan.FromHours(1) };

    [Fact]
    public async Task Hub_ThatStartsWithoutANetwork_IsFoundWhenItComes()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddUnpluggedHostAsync("hub"));
        var watcher = LabAgent.Start(await lab.AddHostAsync("watcher"));
        var watching = await watcher.WatchAsync(ByMdns);
        var advertising = await hub.SendAsync("advertise", new AdvertiseArguments("Lounge"));
        await advertising.NextAsync("advertised");

        await hub.Host.PlugIntoAsync(lab.Lan);

        await watching.NextAsync(HubChangeKind.Found, "Lounge");
    }

    [Fact]
    public async Task Watcher_ThatStartsWithoutANetwork_FindsWhenItComes()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var watcher = LabAgent.Start(await lab.AddUnpluggedHostAsync("watcher"));
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge"));
        var watching = await watcher.WatchAsync(ByMdns);

        await watcher.Host.PlugIntoAsync(lab.Lan);

        await watching.NextAsync(HubChangeKind.Found, "Lounge");
    }

    [Fact]
    public async Task Hub_WhoseInterfaceWasDown_IsFoundAgain()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, watcher) = await PairAsync(lab);
        var watching = await watcher.WatchAsync();
        await hub.ServeAsync(new ServeArguments("Lounge"));
        await watching.NextAsync(HubChangeKind.Found, "Lounge");

        await hub.Host.Port.DownAsync();
        await watching.NextAsync(HubChangeKind.Lost, "Lounge", deadline: Patience);
        await hub.Host.Port.UpAsync();

        await watching.NextAsync(HubChangeKind.Found, "Lounge", deadline: Patience);
    }

    [Fact]
    public async Task Hub_WhoseCableWasPulled_IsFoundAgain()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, watcher) = await PairAsync(lab);
        var watching = await watcher.WatchAsync();
        await hub.ServeAsync(new ServeArguments("Lounge"));
        await watching.NextAsync(HubChangeKind.Found, "Lounge");

        await hub.Host.Port.UnplugAsync();
        await watching.NextAsync(HubChangeKind.Lost, "Lounge", deadline: Patience);
        await hub.Host.Port.PlugAsync();

        await watching.NextAsync(HubChangeKind.Found, "Lounge", deadline: Patience);
    }

    [Fact]
    public async Task Hub_ThatSlept_IsFoundAgain()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, watcher) = await PairAsync(lab);
        var watching = await watcher.WatchAsync();
        await hub.ServeAsync(new ServeArguments("Lounge"));
        await watching.NextAsync(HubChangeKind.Found, "Lounge");

        hub.Pause();
        await watching.NextAsync(HubChangeKind.Lost, "Lounge", deadline: Patience);
        hub.Continue();

        await watching.NextAsync(HubChangeKind.Found, "Lounge", deadline: Patience);
    }

    private static async Task<(LabAgent Hub, LabAgent Watcher)> PairAsync(NetworkLab lab) =>
        (LabAgent.Start(await lab.AddHostAsync("hub")), LabAgent.Start(await lab.AddHostAsync("watcher")));
}
