namespace Kodama.Chaos;

/// <summary>How much of it.</summary>
public sealed record ChaosOptions
{
    /// <summary>Clients of KodamaRooms, in this process.</summary>
    public int Rooms { get; init; } = 20;

    /// <summary>Clients of kodama-client, in a process of Node.</summary>
    public int Scripts { get; init; } = 20;

    /// <summary>Clients of the hub's <c>/kodama.js</c>, each in a page of Chromium.</summary>
    public int Pages { get; init; } = 5;

    /// <summary>How often the hub is killed.</summary>
    public int Kills { get; init; } = 10;

    /// <summary>The least time between two kills.</summary>
    public TimeSpan Storm { get; init; }

    /// <summary>How much of everybody must be acknowledged between two kills, at least.</summary>
    public int Progress { get; init; } = 5;

    /// <summary>Between two handfuls of a client, on average.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many handfuls each says until the next mark: without a bound those who are ahead would keep those who are behind
    /// from ever catching up, where a machine is slow.</summary>
    public int Handfuls { get; init; } = 8;

    /// <summary>Of what befalls the connections, by their bytes; not of the time that everything takes.</summary>
    public int Seed { get; init; }

    /// <summary>How long anything may take until it counts as never.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(4);
}
