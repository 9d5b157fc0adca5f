namespace Kodama;

/// <summary>What a watcher loses when it is slower than the hub: publishing never waits for it.</summary>
public enum WatcherFullMode
{
    /// <summary>The oldest events that it has not read.</summary>
    DropOldest,

    /// <summary>The events that come while it is full.</summary>
    DropNewest,

    /// <summary>The rest: the stream ends with a <see cref="WatcherTooSlowException"/>.</summary>
    Fail,
}

/// <summary>What to watch.</summary>
public sealed record WatchOptions
{
    /// <summary>Only this room; null for all, and for messages outside rooms.</summary>
    public string? Room { get; init; }

    /// <summary>Which kinds of events. Default all.</summary>
    public HubEventKind Kinds { get; init; } = HubEventKind.All;

    /// <summary>Most events that wait to be read. Default 1,024.</summary>
    public int Capacity { get; init; } = 1024;

    /// <summary>What happens when more come. Default: the oldest are lost, and counted in <see cref="HubWatcher.Missed"/>.</summary>
    public WatcherFullMode FullMode { get; init; }
}
