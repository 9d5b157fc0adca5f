using System.Diagnostics;
using Kodama.Discovery;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Agent.Messages;

namespace Kodama.Network.Lab.Agents;

/// <summary>The errands of discovery in the words of a test.</summary>
public static class DiscoveryErrands
{
    /// <summary>Runs a hub, which listens on return; it is advertised a moment later.</summary>
    public static async Task<AgentErrand> ServeAsync(this LabAgent agent, ServeArguments hub)
    {
        var serving = await agent.SendAsync("serve", hub);
        await serving.NextAsync("serving");
        return serving;
    }

    /// <summary>Advertises; on return it is announced.</summary>
    public static async Task<(AgentErrand Errand, string Name)> AdvertiseAsync(this LabAgent agent, AdvertiseArguments hub)
    {
        var advertising = await agent.SendAsync("advertise", hub);
        return (advertising, (await advertising.NextAsync("announced")).Read<string>());
    }

    public static async Task UpdateAsync(this LabAgent agent, UpdateArguments change) =>
        await (await agent.SendAsync("update", change)).DoneAsync();

    /// <summary>Scans to the end, or to <see cref="ScanArguments.Most"/>.</summary>
    public static async Task<ScanReport> ScanAsync(this LabAgent agent, ScanArguments? scan = null, TimeSpan? deadline = null)
    {
        var scanning = await agent.SendAsync("scan", scan ?? new ScanArguments());
        var events = await scanning.AllAsync(deadline);
        var started = events.Single(e => e.Name == "started");
        var found = events.Where(e => e.Name == "found")
            .Select(e => new Finding(e.Read<FoundHub>(), Stopwatch.GetElapsedTime(started.At, e.At))).ToList();
        return new ScanReport(found, Stopwatch.GetElapsedTime(started.At, events[^1].At));
    }

    /// <summary>Watches until stopped; on return it has begun.</summary>
    public static async Task<AgentErrand> WatchAsync(this LabAgent agent, ScanArguments? scan = null)
    {
        var watching = await agent.SendAsync("watch", scan ?? new ScanArguments());
        await watching.NextAsync("started");
        return watching;
    }

    /// <summary>The next change of this kind to a hub of this name.</summary>
    public static Task<AgentEvent> NextAsync(
        this AgentErrand watching, HubChangeKind kind, string name, Func<FoundHub, bool>? fits = null, TimeSpan? deadline = null) =>
        watching.NextAsync(
            kind.ToString(), e => e.Read<FoundHub>() is var hub && hub.Name == name && fits?.Invoke(hub) is not false, deadline);
}
