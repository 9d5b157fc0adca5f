namespace Kodama;

/// <summary>What to watch.</summary>
public sealed record WatchOptions
{
    /// <summary>Only this room; null for all, and for messages outside rooms.</summary>
    public string? Room { get; init; }

    /// <summary>Which kinds of events. Default all.</summary>
    public HubEventKind Kinds { get; init; } = HubEventKind.All;

    /// <summary>Most events that wait to be read, at least 1: publishing never waits for a watcher, which loses the oldest when more come
    /// (<see cref="HubWatcher.Missed"/>). Default 1,024.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int Capacity
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), $"WatchOptions.Capacity is {value}; it must be at least 1.");
    } = 1024;

    /// <summary>
    /// Most bytes of a message's payload that are kept for this watcher; 0 for none. Of a longer one its event has the beginning, without
    /// attachments and perhaps not with a whole character at the end, and <see cref="HubEvent.Length"/> tells how long it was. Default: all
    /// of it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int MaxPayload
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), $"WatchOptions.MaxPayload is {value}; it cannot be negative.");
    } = int.MaxValue;

    /// <summary>What the events that wait to be read may take, shared with other watchers; null for any amount. Default null.</summary>
    public WatchBudget? Budget { get; init; }
}
