using System.Diagnostics;
using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;
using Kodama.Network.Lab.Avahi;
using Kodama.Network.Lab.Processes;
using Kodama.Testing;

namespace Kodama.Network.Tests.Discovery;

/// <summary>
/// Another implementation understands what we say, and we what it says. Of a host's addresses avahi-browse shows whichever avahi came upon
/// first: its lookups of A and AAAA are due at the same moment, and its queue has no order among such. So the host whose address is
/// asserted has one.
/// </summary>
public sealed class AvahiTests
{
    private const string Type = Advertisement.DefaultServiceType;

    private static readonly string[] Text = ["txtvers=1", "id=00112233445566778899aabbccddeeff", "path=/ws", "d.room=201"];

    private static readonly ScanArguments ByMdns = new() { By = FoundBy.Mdns, WatchInterval = TimeSpan.FromHours(1) };

    [Fact]
    public async Task Avahi_SeesOurs_WithItsTextAndAddress_UntilTheGoodbye()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub", Addresses.IPv4));
        await using var avahi = await LabAvahi.StartAsync(await lab.AddHostAsync("other"));
        var details = new Dictionary<string, string> { ["room"] = "201", ["topic"] = "Élan; 木霊" };
        var (advertising, _) = await hub.AdvertiseAsync(
            new AdvertiseArguments("Lounge", 8123) { Details = details, Id = "00112233445566778899aabbccddeeff", HostName = "lounge-hub" });

        await using var browsing = avahi.Browse(Type);
        var seen = await ResolvedAsync(browsing, "Lounge");

        Assert.StartsWith(
            $"=;eth0;IPv4;Lounge;{Type};local;lounge-hub.local;{hub.Host.Port.Address};8123;", seen, StringComparison.Ordinal);
        foreach (var pair in Text) Assert.Contains($"\"{pair}\"", seen, StringComparison.Ordinal);
        Assert.Contains("\"d.topic=", seen, StringComparison.Ordinal);
        Assert.EndsWith($"{hub.Host.Port.Address}", await avahi.ResolveAsync("lounge-hub.local"), StringComparison.Ordinal);
        await advertising.StopAsync();
        await browsing.LineAsync($"-;eth0;IPv4;Lounge;{Type};local");
    }

    [Fact]
    public async Task Avahi_SeesOurChangedText()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        await using var avahi = await LabAvahi.StartAsync(await lab.AddHostAsync("other"));
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge") { Details = new Dictionary<string, string> { ["room"] = "201" } });
        Assert.Contains("\"d.room=201\"", await LookAsync(), StringComparison.Ordinal);

        await hub.UpdateAsync(new UpdateArguments("Lounge", new Dictionary<string, string> { ["room"] = "202" }));

        // avahi-browse tells a service once, so it is asked until avahi has heard of the change.
        var begun = Stopwatch.GetTimestamp();
        string text;
        do text = await LookAsync();
        while (!text.Contains("\"d.room=202\"", StringComparison.Ordinal) && Stopwatch.GetElapsedTime(begun) < Deadline.Default);
        Assert.Contains("\"d.room=202\"", text, StringComparison.Ordinal);

        async Task<string> LookAsync()
        {
            await using var browsing = avahi.Browse(Type);
            return await ResolvedAsync(browsing, "Lounge");
        }
    }

    [Fact]
    public async Task Avahi_Publishes_WeSeeIt_UntilItsGoodbye()
    {
        await using var lab = await Labs.CreateAsync();
        await using var avahi = await LabAvahi.StartAsync(await lab.AddHostAsync("other"));
        var watcher = LabAgent.Start(await lab.AddHostAsync("watcher"));
        var (publishing, _) = await avahi.PublishAsync("Lounge", Type, 8123, Text);

        var watching = await watcher.WatchAsync(ByMdns);
        // Its addresses come one by one.
        var seen = await watching.NextAsync(
            e => e.Name is nameof(HubChangeKind.Found) or nameof(HubChangeKind.Changed)
                && e.Read<FoundHub>().Addresses.Contains(avahi.Host.Url(tcpPort: 8123)),
            "the IPv4 address");

        var found = seen.Read<FoundHub>();
        Assert.Equal("00112233445566778899aabbccddeeff", found.Id);
        Assert.Equal("201", found.Details["room"]);
        publishing.Signal(LabProcess.Terminate);
        await watching.NextAsync(HubChangeKind.Lost, "Lounge");
    }

    [Fact]
    public async Task Name_ThatAvahiHolds_IsNotTakenFromIt()
    {
        await using var lab = await Labs.CreateAsync();
        await using var avahi = await LabAvahi.StartAsync(await lab.AddHostAsync("other"));
        await avahi.PublishAsync("Lounge", Type, 8123, Text);
        var hub = LabAgent.Start(await lab.AddHostAsync("hub", Addresses.IPv4));

        var (_, name) = await hub.AdvertiseAsync(new AdvertiseArguments("Lounge"));

        Assert.Equal("Lounge (2)", name);
        await using var browsing = avahi.Browse(Type);
        Assert.Contains($";{hub.Host.Port.Address};8080;", await ResolvedAsync(browsing, "Lounge (2)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_ThatWeHold_AvahiDoesNotTake()
    {
        await using var lab = await Labs.CreateAsync();
        await using var avahi = await LabAvahi.StartAsync(await lab.AddHostAsync("other"));
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge"));

        var (_, established) = await avahi.PublishAsync("Lounge", Type, 8123, Text);

        Assert.Contains("'Lounge #2'", established, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_NameThatAvahiHolds_IsNotTakenFromIt()
    {
        await using var lab = await Labs.CreateAsync();
        await using var avahi = await LabAvahi.StartAsync(await lab.AddHostAsync("other"));
        var hub = LabAgent.Start(await lab.AddHostAsync("hub", Addresses.IPv4));
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge") { HostName = "other" });

        await using var browsing = avahi.Browse(Type);

        Assert.Contains($";other-2.local;{hub.Host.Port.Address};", await ResolvedAsync(browsing, "Lounge"), StringComparison.Ordinal);
        Assert.EndsWith($"{avahi.Host.Port.Address}", await avahi.ResolveAsync("other.local"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Avahi_OnTheHubsOwnHost_BothAreSeenFromElsewhere_AndSeeEachOther()
    {
        await using var lab = await Labs.CreateAsync();
        var host = await lab.AddHostAsync("shared", Addresses.IPv4);
        await using var beside = await LabAvahi.StartAsync(host);
        await using var elsewhere = await LabAvahi.StartAsync(await lab.AddHostAsync("other"));
        var hub = LabAgent.Start(host);
        var scanner = LabAgent.Start(await lab.AddHostAsync("scanner"));
        await beside.PublishAsync("Avahi's", Type, 8123, Text);
        await hub.AdvertiseAsync(new AdvertiseArguments("Ours"));

        foreach (var agent in new[] { scanner, hub })
        {
            var found = await agent.ScanAsync(ByMdns with { Most = 2, Timeout = TimeSpan.FromSeconds(50) });
            Assert.Equal(["Avahi's", "Ours"], found.Hubs.Select(h => h.Name).Order());
        }
        foreach (var avahi in new[] { elsewhere, beside })
        {
            await using var browsing = avahi.Browse(Type);
            Assert.Contains($";{host.Port.Address};8080;", await ResolvedAsync(browsing, "Ours"), StringComparison.Ordinal);
        }
    }

    // avahi-browse writes a byte that is no letter, digit or underscore as its decimal number: \032 is a space.
    private static Task<string> ResolvedAsync(LabProcess browsing, string name)
    {
        var escaped = name
            .Replace(" ", "\\032", StringComparison.Ordinal)
            .Replace("(", "\\040", StringComparison.Ordinal)
            .Replace(")", "\\041", StringComparison.Ordinal);
        return browsing.LineAsync(line => line.StartsWith($"=;eth0;IPv4;{escaped};", StringComparison.Ordinal));
    }
}
