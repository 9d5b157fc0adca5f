using System.Runtime.CompilerServices;

namespace Kodama.Ably;

/// <summary>The last changes of members, of which a room itself keeps each member's last alone (docs/specs/ably.md, P5). In
/// memory.</summary>
internal sealed class PresenceHistory
{
    private const int MostOfRoom = 100;
    private const int Most = 64 * 1024;

    private readonly Lock gate = new();
    private readonly ConditionalWeakTable<Room, Queue<Entry>> rooms = [];

    // Whose oldest is the oldest of all.
    private readonly Queue<WeakReference<Queue<Entry>>> order = new();

    /// <summary>A key has changed.</summary>
    public void Note_NeedsLock(Room room, Entry change)
    {
        if (change.Kind != EntryKind.Presence) return;
        lock (gate)
        {
            var changes = rooms.GetOrCreateValue(room);
            changes.Enqueue(change);
            if (changes.Count > MostOfRoom) changes.Dequeue();
            order.Enqueue(new(changes));
            if (order.Count > Most && order.Dequeue().TryGetTarget(out var oldest)) oldest.TryDequeue(out _);
        }
    }

    /// <summary>In order.</summary>
    public Entry[] Of(Room room)
    {
        lock (gate) return rooms.TryGetValue(room, out var changes) ? [.. changes] : [];
    }
}
