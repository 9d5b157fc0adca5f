using System.Diagnostics;
using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Network.Tests.Discovery;

/// <summary>A watcher sees hubs come, change and go.</summary>
public sealed class WatchingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Hub_ThatStartsAndStops_IsFoundAndLost()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, watcher) = await PairAsync(lab);
        var watching = await watcher.WatchAsync();

        var begun = Stopwatch.GetTimestamp();
        var serving = await hub.ServeAsync(new ServeArguments("Lounge"));
        var found = await watching.NextAsync(HubChangeKind.Found, "Lounge");
        Measured.Print("a hub that starts is seen", Stopwatch.GetElapsedTime(begun, found.At));
        begun = Stopwatch.GetTimestamp();
        await serving.StopAsync();
        var lost = await watching.NextAsync(HubChangeKind.Lost, "Lounge", deadline: Patience);

        Measured.Print("a hub that stops is gone", Stopwatch.GetElapsedTime(begun, lost.At));
    }

    [Fact]
    public async Task Goodbye_AloneMakesAWatcherForget()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, watcher) = await PairAsync(lab);
        // Checks that would find out are an hour away.
        var watching = await watcher.WatchAsync(new ScanArguments { By = FoundBy.Mdns, WatchInterval = TimeSpan.FromHours(1) });
        var (advertising, _) = await hub.AdvertiseAsync(new AdvertiseArguments("Lounge"));
        await watching.NextAsync(HubChangeKind.Found, "Lounge");

        var gone = (await advertising.StopAsync()).Single(e => e.Name == "gone");
        var lost = await watching.NextAsync(HubChangeKind.Lost, "Lounge");

        Measured.Print("after its goodbye a hub is gone", Stopwatch.GetElapsedTime(gone.At, lost.At));
    }

    [Fact]
    public async Task Hub_ThatIsKilled_IsLost()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, watcher) = await PairAsync(lab);
        var watching = await watcher.WatchAsync();
        await hub.ServeAsync(new ServeArguments("Lounge"));
        await watching.NextAsync(HubChangeKind.Found, "Lounge");

        var begun = Stopwatch.GetTimestamp();
        await hub.KillAsync();
        var lost = await watching.NextAsync(HubChangeKind.Lost, "Lounge", deadline: Patience);

        Measured.Print("a hub that is killed is gone", Stopwatch.GetElapsedTime(begun, lost.At));
    }

    [Fact]
    public async Task Host_ThatIsCutOff_IsLost_AndFoundAgain()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, watcher) = await PairAsync(lab);
        var watching = await watcher.WatchAsync();
        await hub.ServeAsync(new ServeArguments("Lounge"));
        await watching.NextAsync(HubChangeKind.Found, "Lounge");

        await hub.Host.Port.CutAsync();
        await watching.NextAsync(HubChangeKind.Lost, "Lounge", deadline: Patience);
        await hub.Host.Port.RestoreAsync();

        await watching.NextAsync(HubChangeKind.Found, "Lounge", deadline: Patience);
    }

    [Fact]
    public async Task Details_ThatChange_AreSeen()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, watcher) = await PairAsync(lab);
        await hub.AdvertiseAsync(new AdvertiseArguments("Lounge") { Details = new Dictionary<string, string> { ["room"] = "201" } });
        var watching = await watcher.WatchAsync(new ScanArguments { By = FoundBy.Mdns, WatchInterval = TimeSpan.FromHours(1) });
        var found = await watching.NextAsync(HubChangeKind.Found, "Lounge");

        await hub.UpdateAsync(new UpdateArguments("Lounge", new Dictionary<string, string> { ["room"] = "202" }));

        Assert.Equal("201", found.Read<FoundHub>().Details["room"]);
        await watching.NextAsync(HubChangeKind.Changed, "Lounge", changed => changed.Details["room"] == "202");
    }

    private static async Task<(LabAgent Hub, LabAgent Watcher)> PairAsync(NetworkLab lab) =>
        (LabAgent.Start(await lab.AddHostAsync("hub")), LabAgent.Start(await lab.AddHostAsync("watcher")));
}
