namespace Kodama.Redis;

/// <summary>What a room is told by other threads, in the order in which it came. Guarded by the room.</summary>
internal sealed class RoomInbox
{
    // Beyond these what others have said is not taken: it is read from Redis, a page at a time.
    private const int MostTellings = 4096;
    private const int MostBytes = 8 * 1024 * 1024;

    private List<object> events = [];
    private List<object> spare = [];
    private int tellings;
    private int bytes;

    public bool IsEmpty => events.Count == 0;

    /// <summary>Takes what a channel has told, if there is place.</summary>
    public bool TryAdd(byte[] telling)
    {
        if (tellings >= MostTellings || bytes + telling.Length > MostBytes) return false;
        tellings++;
        bytes += telling.Length;
        events.Add(telling);
        return true;
    }

    public void Add(object happened) => events.Add(happened);

    /// <summary>All that there is; given back with <see cref="Return"/>.</summary>
    public List<object> Take()
    {
        (var taken, events) = (events, spare);
        (tellings, bytes) = (0, 0);
        return taken;
    }

    public void Return(List<object> taken)
    {
        taken.Clear();
        spare = taken;
    }
}

/// <summary>Redis has answered to a call, or has not.</summary>
internal sealed record Answered(RoomCall Call, CallReply Reply, Exception? Failure);

/// <summary>What there is of the room in Redis.</summary>
/// <param name="Sync">What was told; null where it failed.</param>
/// <param name="Line">The line that it began; 0 where it began none.</param>
/// <param name="Failure">Why it failed.</param>
internal sealed record Synced(RoomSync? Sync, long Line, Exception? Failure);

/// <summary>What is counted of the room, looked at from time to time; null, where it is gone.</summary>
internal sealed record Looked(RoomMeta? Meta);

/// <summary>A little time has passed, or Redis is back.</summary>
internal sealed class Ticked
{
    public static readonly Ticked Instance = new();
}
