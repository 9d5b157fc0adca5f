using System.Runtime.CompilerServices;

namespace Kodama.Ably;

/// <summary>The last changes of members, of which a room itself keeps each member's last alone (docs/specs/ably.md, P5). In
/// memory.</summary>
internal sealed class PresenceHistory
{
    internal const int MostOfRoom = 100;
    private const int MostBytes = 16 * 1024 * 1024;
    private const int EntryCost = 256;

    private readonly Lock gate = new();
    private readonly ConditionalWeakTable<Room, Queue<Entry>> rooms = [];

    // Of all rooms.
    private readonly Queue<(WeakReference<Queue<Entry>> Room, Entry Change)> order = new();
    private long bytes;

    /// <summary>A key has changed.</summary>
    public void Note_NeedsLock(Room room, Entry change)
    {
        if (change.Kind != EntryKind.Presence) return;
        lock (gate)
        {
            var changes = rooms.GetOrCreateValue(room);
            changes.Enqueue(change);
            if (changes.Count > MostOfRoom) changes.Dequeue();
            order.Enqueue((new(changes), change));
            bytes += CostOf(change);
            while (bytes > MostBytes)
            {
                var (oldest, first) = order.Dequeue();
                bytes -= CostOf(first);
                if (oldest.TryGetTarget(out var others) && others.TryPeek(out var other) && other == first) others.Dequeue();
            }
        }
    }

    /// <summary>In order.</summary>
    public Entry[] Of(Room room)
    {
        lock (gate) return rooms.TryGetValue(room, out var changes) ? [.. changes] : [];
    }

    private static long CostOf(Entry change) => change.Size + EntryCost;
}
