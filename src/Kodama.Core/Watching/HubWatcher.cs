using System.Threading.Channels;

namespace Kodama;

/// <summary>A stream of what happens in the hub, from the moment of <see cref="Hub.Watch"/> on. Read by one reader; dispose it to stop.</summary>
public sealed class HubWatcher : IAsyncEnumerable<HubEvent>, IDisposable
{
    private readonly WatcherList list;
    private readonly WatchOptions options;
    private readonly Channel<HubEvent> events;
    private readonly Dictionary<string, RoomSnapshot> known = [];
    private long missed;

    internal HubWatcher(WatcherList list, WatchOptions options)
    {
        this.list = list;
        this.options = options;
        events = Channel.CreateBounded<HubEvent>(
            new BoundedChannelOptions(options.Capacity)
            {
                SingleReader = true,
                FullMode = options.FullMode == WatcherFullMode.DropOldest ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.Wait,
            },
            _ => Interlocked.Increment(ref missed));
    }

    /// <summary>The rooms as they were when the watcher began: the events go on from there.</summary>
    public IReadOnlyCollection<RoomSnapshot> Rooms => known.Values;

    /// <summary>Events lost so far because the reader was too slow.</summary>
    public long Missed => Interlocked.Read(ref missed);

    /// <inheritdoc/>
    public async IAsyncEnumerator<HubEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var happened in events.Reader.ReadAllAsync(cancellationToken))
        {
            if (!IsInSnapshot(happened)) yield return happened;
        }
    }

    /// <summary>Stops watching; the stream ends after what was waiting.</summary>
    public void Dispose()
    {
        list.Remove(this);
        events.Writer.TryComplete();
    }

    internal void Begin(IEnumerable<Room> rooms)
    {
        foreach (var room in rooms)
        {
            if (options.Room is null || options.Room == room.Name) known[room.Name] = room.Snapshot();
        }
    }

    internal void Tell(HubEvent happened)
    {
        if ((options.Kinds & happened.Kind) == 0 || (options.Room is not null && options.Room != happened.Room?.Name)) return;
        if (events.Writer.TryWrite(happened)) return;
        Interlocked.Increment(ref missed);
        if (options.FullMode == WatcherFullMode.Fail) events.Writer.TryComplete(new WatcherTooSlowException(options.Capacity));
    }

    // A watcher is told from before its snapshot on, so that nothing is lost between; what the snapshot shows already is left out here.
    private bool IsInSnapshot(HubEvent happened) =>
        happened.Room is { } room
        && known.TryGetValue(room.Name, out var snapshot)
        && (room.Number < snapshot.Room.Number || (room == snapshot.Room && happened.Number <= snapshot.EventNumber));
}
