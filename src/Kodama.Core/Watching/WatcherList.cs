namespace Kodama;

/// <summary>The hub's watchers. Costs a publisher one read when there are none.</summary>
internal sealed class WatcherList
{
    private readonly Lock gate = new();
    private HubWatcher[] watchers = [];

    public int Count => Volatile.Read(ref watchers).Length;

    public HubWatcher Add(WatchOptions options)
    {
        var watcher = new HubWatcher(this, options);
        lock (gate) Volatile.Write(ref watchers, [.. watchers, watcher]);
        return watcher;
    }

    public void Remove(HubWatcher watcher)
    {
        lock (gate) Volatile.Write(ref watchers, Array.FindAll(watchers, w => w != watcher));
    }

    public void Tell(HubEvent happened)
    {
        foreach (var watcher in Volatile.Read(ref watchers)) watcher.Tell(happened);
    }
}
