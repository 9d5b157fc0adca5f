using Kodama.Testing;

namespace Kodama.Chaos;

/// <summary>The hub of a run, everybody who is in it, and their ways.</summary>
internal sealed class ChaosStage : IAsyncDisposable
{
    // As much as comes to a client in some seconds.
    private static readonly Roughness Roughness = new(BytesBetweenFaults: 60_000, Stalls: 0.15, LongestDelay: 40);

    private readonly string folder = Directory.CreateTempSubdirectory("kodama-chaos-").FullName;
    private readonly List<ISpeakers> groups = [];
    private RunningHub hub = null!;

    private ChaosStage()
    {
    }

    public IReadOnlyList<Speaker> Speakers => [.. groups.SelectMany(g => g.All)];

    public Conductor Conductor { get; private set; } = null!;

    public static async Task<ChaosStage> OpenAsync(ChaosOptions options)
    {
        var stage = new ChaosStage();
        try
        {
            await stage.FillAsync(options);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has all clients do it.</summary>
    public Task DoAsync(Errand errand) => Task.WhenAll(groups.Select(g => g.DoAsync(errand)));

    /// <summary>Ends the hub as a power cut does, and starts it again.</summary>
    /// <returns>When it was there again.</returns>
    public async Task<DateTimeOffset> RestartAsync()
    {
        await hub.KillAsync();
        hub = await hub.StartAgainAsync();
        return DateTimeOffset.UtcNow;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var group in groups) await group.DisposeAsync();
        foreach (var speaker in Speakers) await speaker.Way.DisposeAsync();
        Conductor?.Dispose();
        if (hub is not null) await hub.KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task FillAsync(ChaosOptions options)
    {
        hub = await RunningHub.StartAsync(new HubSettings
        {
            Data = folder,
            Patience = options.Patience,
            Advertises = false,
            Environment = new Dictionary<string, string>
            {
                ["Kodama__Log__Messages"] = "1000000",
                ["Kodama__Log__Bytes"] = "250000000",
                ["Kodama__Log__Age"] = "1.00:00:00",
                [$"Kodama__Rooms__{ChaosRooms.Brook}__Log__Messages"] = $"{ChaosRooms.KeptOfBrook}",
            },
        });
        Conductor = new Conductor(hub.Url);
        var seed = options.Seed;
        groups.Add(new RoomsSpeakers(Of("rooms", options.Rooms), options));
        if (options.Scripts > 0)
            groups.Add(await ScriptSpeakers.StartAsync(Of("node", options.Scripts), inPages: false, options));
        if (options.Pages > 0)
            groups.Add(await ScriptSpeakers.StartAsync(Of("page", options.Pages), inPages: true, options));

        List<Speaker> Of(string kind, int count) =>
            [.. Enumerable.Range(0, count).Select(i => new Speaker($"{kind}-{i}", Way()))];

        RoughProxy Way()
        {
            var way = new RoughProxy(hub.Url.Port, seed++, Roughness);
            way.Smooth();
            return way;
        }
    }
}
