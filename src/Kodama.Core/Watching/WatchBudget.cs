namespace Kodama;

/// <summary>
/// Bytes of events that several watchers may leave unread between them, each an equal share. Where one has as many, the events that it has
/// not read count as if it had <see cref="WatchOptions.Capacity"/> of them. Thread-safe.
/// </summary>
/// <param name="most">Of all of them together.</param>
public sealed class WatchBudget(long most)
{
    private readonly Lock gate = new();
    private HubWatcher[] watchers = [];

    internal long Share => most / Math.Max(1, Volatile.Read(ref watchers).Length);

    internal void Add(HubWatcher watcher)
    {
        lock (gate) Volatile.Write(ref watchers, [.. watchers, watcher]);
        foreach (var other in Volatile.Read(ref watchers)) other.Shed();
    }

    internal void Remove(HubWatcher watcher)
    {
        lock (gate) Volatile.Write(ref watchers, Array.FindAll(watchers, w => w != watcher));
    }
}
