namespace Kodama.Cluster.Tests;

/// <summary>Hubs in processes of their own, as people run them, which share one Redis.</summary>
internal sealed class HubProcesses(RunningHub[] hubs) : IAsyncDisposable
{
    public Uri this[int hub] => hubs[hub].Url;

    public int Count => hubs.Length;

    public static async Task<HubProcesses> StartAsync(RedisServer redis, int count, Dictionary<string, string>? more = null)
    {
        var settings = new HubSettings
        {
            Advertises = false,
            Patience = TimeSpan.FromMinutes(1),
            Environment = new Dictionary<string, string>(more ?? [])
            {
                ["Kodama__Redis"] = redis.Address,
                ["Kodama__Log__Messages"] = "20000",
                ["Kodama__Log__Bytes"] = "16777216",
            },
        };
        return new HubProcesses(await Task.WhenAll(
            Enumerable.Range(1, count).Select(i => RunningHub.StartAsync(settings with { Name = $"Lounge {i}" }))));
    }

    /// <summary>Ends one as a power cut does, and starts it again at its address.</summary>
    public async Task KillAsync(int hub, bool comesBack = true)
    {
        await hubs[hub].KillAsync();
        if (comesBack) hubs[hub] = await hubs[hub].StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in hubs) await hub.DisposeAsync();
    }
}
