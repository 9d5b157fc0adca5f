using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Network.Tests.Discovery;

/// <summary>What a hub tells of itself depends on the interface, and follows its changes.</summary>
public sealed class InterfaceTests
{
    private static readonly ScanArguments ByMdns = new()
    {
        By = FoundBy.Mdns,
        Timeout = TimeSpan.FromSeconds(50),
        Most = 1,
        WatchInterval = TimeSpan.FromHours(1),
    };

    [Fact]
    public async Task TwoInterfaces_EachNetworkIsToldItsOwnAddress()
    {
        await using var lab = await Labs.CreateAsync();
        var second = await lab.AddLanAsync();
        var hub = LabAgent.Start(await BothAsync(lab, "hub", second));
        var onFirst = LabAgent.Start(await lab.AddHostAsync("first"));
        var onSecond = LabAgent.Start(await lab.AddUnpluggedHostAsync("second"));
        await onSecond.Host.PlugIntoAsync(second);
        await hub.ServeAsync(new ServeArguments("Lounge"));

        var first = Assert.Single((await onFirst.ScanAsync(ByMdns)).Hubs);
        var other = Assert.Single((await onSecond.ScanAsync(ByMdns)).Hubs);

        Assert.Equal(first.Id, other.Id);
        Assert.Equal([hub.Host.Url(0)], IPv4(first));
        Assert.Equal([hub.Host.Url(1)], IPv4(other));
    }

    [Fact]
    public async Task TwoInterfaces_OfTheScannerToo_TheHubIsOneWithBothAddresses()
    {
        await using var lab = await Labs.CreateAsync();
        var second = await lab.AddLanAsync();
        var hub = LabAgent.Start(await BothAsync(lab, "hub", second));
        var scanner = LabAgent.Start(await BothAsync(lab, "scanner", second));
        await hub.ServeAsync(new ServeArguments("Lounge"));

        var watching = await scanner.WatchAsync(ByMdns);
        var hasBoth = await watching.NextAsync(
            e => e.Name is nameof(HubChangeKind.Found) or nameof(HubChangeKind.Changed) && IPv4(e.Read<FoundHub>()).Count == 2,
            "a hub with two addresses");
        var events = await watching.StopAsync();

        Assert.Equivalent(new[] { hub.Host.Url(0), hub.Host.Url(1) }, IPv4(hasBoth.Read<FoundHub>()));
        Assert.DoesNotContain(events, e => e.Name == nameof(HubChangeKind.Found));
    }

    [Fact]
    public async Task Interface_AddedWhileTheHubRuns_IsTakenUp()
    {
        await using var lab = await Labs.CreateAsync();
        var second = await lab.AddLanAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var watcher = LabAgent.Start(await lab.AddUnpluggedHostAsync("watcher"));
        await watcher.Host.PlugIntoAsync(second);
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge"));
        var watching = await watcher.WatchAsync(ByMdns);

        var port = await hub.Host.PlugIntoAsync(second);

        var found = await watching.NextAsync(HubChangeKind.Found, "Lounge");
        Assert.Equal([hub.Host.Url(1)], IPv4(found.Read<FoundHub>()));
        Assert.Equal(second, port.Lan);
    }

    [Fact]
    public async Task Interface_AddedWhileWatching_IsTakenUp()
    {
        await using var lab = await Labs.CreateAsync();
        var second = await lab.AddLanAsync();
        var hub = LabAgent.Start(await lab.AddUnpluggedHostAsync("hub"));
        await hub.Host.PlugIntoAsync(second);
        var watcher = LabAgent.Start(await lab.AddHostAsync("watcher"));
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge"));
        var watching = await watcher.WatchAsync(ByMdns);

        await watcher.Host.PlugIntoAsync(second);

        await watching.NextAsync(HubChangeKind.Found, "Lounge");
    }

    [Fact]
    public async Task Address_ThatChanges_IsToldToWatchers()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var watcher = LabAgent.Start(await lab.AddHostAsync("watcher"));
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge"));
        var watching = await watcher.WatchAsync(ByMdns);
        await watching.NextAsync(HubChangeKind.Found, "Lounge");
        var moved = lab.Lan.Address(200);

        await hub.Host.Port.RemoveAddressAsync(hub.Host.Port.Address);
        await hub.Host.Port.AddAddressAsync(moved);

        await watching.NextAsync(
            HubChangeKind.Changed, "Lounge", found => IPv4(found) is [var only] && only == new Uri($"http://{moved}:8080/"));
    }

    [Fact]
    public async Task ContainersAndTunnels_AreLeftOut()
    {
        await using var lab = await Labs.CreateAsync();
        var host = await lab.AddHostAsync("hub");
        var container = LabAgent.Start(await host.AddContainerAsync());
        await host.AddTunnelAsync();
        var hub = LabAgent.Start(host);
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge"));

        var found = Assert.Single((await scanner.ScanAsync(ByMdns)).Hubs);
        var fromContainer = await container.ScanAsync(ByMdns with { Timeout = TimeSpan.FromSeconds(3) });

        Assert.Equal([host.Url()], IPv4(found));
        Assert.Empty(fromContainer.Found);
    }

    [Fact]
    public async Task Container_ThatIsNamed_IsUsed()
    {
        await using var lab = await Labs.CreateAsync();
        var host = await lab.AddHostAsync("hub");
        var container = LabAgent.Start(await host.AddContainerAsync());
        var hub = LabAgent.Start(host);
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge") { Interfaces = ["docker0"] });

        var found = Assert.Single((await container.ScanAsync(ByMdns)).Hubs);

        Assert.Equal([new Uri("http://172.17.0.1:8080/")], IPv4(found));
    }

    private static async Task<LabHost> BothAsync(NetworkLab lab, string name, LabLan second)
    {
        var host = await lab.AddHostAsync(name);
        await host.PlugIntoAsync(second);
        return host;
    }

    private static IReadOnlyList<Uri> IPv4(FoundHub hub) =>
        [.. hub.Addresses.Where(address => address.HostNameType == UriHostNameType.IPv4)];
}
