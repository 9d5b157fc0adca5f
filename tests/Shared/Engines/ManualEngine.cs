using System.Collections.Concurrent;

namespace Kodama.Testing;

/// <summary>An engine that keeps nothing but what the test gives it, and decides on what it has got when the test says so.
/// Thread-safe.</summary>
internal sealed class ManualEngine : IEngine
{
    public const string Epoch = "manual";

    private readonly ConcurrentDictionary<string, ManualStore> open = new(StringComparer.Ordinal);

    public ReadOnlyMemory<byte> SessionKey { get; } = new byte[32];

    /// <summary>A room that cannot be opened.</summary>
    public string? Damaged { get; init; }

    /// <summary>What rooms begin with.</summary>
    public KeptRoom Kept { get; init; } = new(Epoch, 0, DateTimeOffset.UnixEpoch, 0, [], [], 0, [], 0);

    /// <summary>Runs as a room is opened, before anything of it is known.</summary>
    public Action? WhileOpening { get; set; }

    /// <summary>How often one was to be opened.</summary>
    public int Opened { get; private set; }

    /// <summary>How many entries it has not decided on.</summary>
    public int Waiting => open.Values.Sum(static store => store.Waiting);

    public ManualStore this[string room] => open[room];

    public IRoomStore Open(string room, Retention retention, IRoomFeed feed, out KeptRoom kept)
    {
        Opened++;
        WhileOpening?.Invoke();
        if (room == Damaged) throw new EngineException($"Room {room} is damaged.");
        kept = Kept;
        var store = new ManualStore(feed, kept.Last, () => open.TryRemove(room, out _));
        if (!open.TryAdd(room, store)) throw new InvalidOperationException($"Room {room} is open.");
        return store;
    }

    /// <summary>All that waits is kept, and handed out.</summary>
    public void Keep()
    {
        foreach (var store in open.Values) store.Keep();
    }

    /// <summary>None of it could be kept.</summary>
    public void Fail(string why = "The disk is full.", RefusalCode code = RefusalCode.NotKept)
    {
        foreach (var store in open.Values) store.Fail(why, code);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
