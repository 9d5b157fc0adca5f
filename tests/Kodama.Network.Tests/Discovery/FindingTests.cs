using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Network.Tests.Discovery;

/// <summary>A scan finds what is on the network.</summary>
public sealed class FindingTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(50);

    // A hub that has just started may be slow to its first answer on a busy machine. A silent address is given up by the kernel after 3 s.
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Hub_ThatRuns_IsFoundByMdns_FromEveryHost()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var scanners = new[] { LabAgent.Start(await lab.AddHostAsync("near")), LabAgent.Start(await lab.AddHostAsync("far")) };
        await hub.ServeAsync(new ServeArguments("Lounge") { Details = new Dictionary<string, string> { ["room"] = "201" } });

        foreach (var scanner in scanners)
        {
            var found = await FindAsync(scanner, FoundBy.Mdns);

            Assert.Equal("Lounge", found.Hub.Name);
            Assert.Equal("/ws", found.Hub.Path);
            Assert.Equal("201", found.Hub.Details["room"]);
            Assert.Equal(FoundBy.Mdns, found.Hub.FoundBy);
            Assert.Contains(hub.Host.Url(), found.Hub.Addresses);
            Measured.Print("found by mDNS", (await FindAsync(scanner, FoundBy.Mdns)).After);
        }
    }

    [Fact]
    public async Task Hub_AmongSilentAddresses_IsFoundByTheSweep_WhichEnds()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        await hub.ServeAsync(new ServeArguments("Lounge", Advertise: false));

        var scan = new ScanArguments { By = FoundBy.Sweep, Subnets = [lab.Lan.Subnet], Timeout = TimeSpan.FromMilliseconds(1) };
        var report = await scanner.ScanAsync(scan with { HostTimeout = Patient });

        var found = Assert.Single(report.Found);
        Assert.Equal("Lounge", found.Hub.Name);
        Assert.Equal(hub.Host.Url(), found.Hub.Address);
        var again = await scanner.ScanAsync(scan);
        Measured.Print("live hub reported", again.Found.Select(f => f.After));
        Measured.Print("sweep ended", again.Duration);
    }

    [Fact]
    public async Task Hub_BehindBlockedMulticast_IsFoundByTheSweep()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        await hub.Host.Port.BlockMulticastAsync();
        await scanner.Host.Port.BlockMulticastAsync();
        await hub.ServeAsync(new ServeArguments("Lounge"));

        var report = await scanner.ScanAsync(new ScanArguments { HostTimeout = Patient });

        var found = Assert.Single(report.Found);
        Assert.Equal(("Lounge", FoundBy.Sweep), (found.Hub.Name, found.Hub.FoundBy));
        Measured.Print("found with multicast blocked", (await scanner.ScanAsync()).Found.Select(f => f.After));
    }

    [Fact]
    public async Task Hub_FoundByBothWays_IsReportedOnce()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        await hub.ServeAsync(new ServeArguments("Lounge"));
        await FindAsync(scanner, FoundBy.Mdns);

        var report = await scanner.ScanAsync(new ScanArguments { HostTimeout = Patient });

        Assert.Equal("Lounge", Assert.Single(report.Found).Hub.Name);
    }

    [Fact]
    public async Task FiftyHubs_OnOneNetwork_AreAllFound()
    {
        const int hosts = 10, each = 5;
        await using var lab = await Labs.CreateAsync();
        var agents = (await lab.AddHostsAsync("hub", hosts)).Select(LabAgent.Start).ToList();
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        // Five responders share each host's port 5353.
        var names = Enumerable.Range(0, hosts * each).Select(i => $"Hub {i}").ToList();
        await Task.WhenAll(names.Select((name, i) => agents[i % hosts].AdvertiseAsync(new AdvertiseArguments(name, 9000 + i))));

        var scan = new ScanArguments { By = FoundBy.Mdns, Most = hosts * each, Timeout = Long };
        var report = await scanner.ScanAsync(scan);

        Assert.Equal(names.Order(), report.Hubs.Select(hub => hub.Name).Order());
        Measured.Print("50 hubs found", (await scanner.ScanAsync(scan)).Duration);
    }

    [Fact]
    public async Task Hub_WhereAFifthOfThePacketsIsLost_IsFoundByMdns()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        await hub.Host.LosePacketsAsync(20);
        await scanner.Host.LosePacketsAsync(20);
        await hub.ServeAsync(new ServeArguments("Lounge"));

        var found = new List<Finding>();
        for (var i = 0; i < 10; i++) found.Add(await FindAsync(scanner, FoundBy.Mdns));

        Assert.All(found, finding => Assert.Equal("Lounge", finding.Hub.Name));
        Measured.Print("found with 20% lost", found.Select(finding => finding.After));
    }

    [Fact]
    public async Task Hub_OnANetworkWithoutIPv4_IsFoundAndAnswersThere()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub", Addresses.OnlyIPv6));
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner", Addresses.OnlyIPv6));
        await hub.ServeAsync(new ServeArguments("Lounge"));

        var found = await FindAsync(scanner, FoundBy.Mdns);

        Assert.Equal("Lounge", found.Hub.Name);
        Assert.Contains($"http://[{hub.Host.Port.AddressV6}]:8080/", found.Hub.Addresses.Select(address => address.AbsoluteUri));
        foreach (var address in found.Hub.Addresses)
        {
            var answer = await scanner.Host.RunAsync(
                "curl", "--silent", "--show-error", "--max-time", "10", "--globoff", address.OriginalString);
            Assert.Contains("Lounge", answer, StringComparison.Ordinal);
        }
    }

    private static async Task<Finding> FindAsync(LabAgent scanner, FoundBy by)
    {
        var report = await scanner.ScanAsync(new ScanArguments { By = by, Most = 1, Timeout = Long });
        return Assert.Single(report.Found);
    }
}
