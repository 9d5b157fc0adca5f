using System.Threading.Channels;

namespace Kodama;

/// <summary>A stream of what happens in the hub, from the moment of <see cref="Hub.Watch"/> on. Read by one reader; dispose it to
/// stop.</summary>
public sealed class HubWatcher : IAsyncEnumerable<HubEvent>, IDisposable
{
    private readonly WatcherList list;
    private readonly WatchOptions options;
    private readonly Channel<HubEvent> events;
    private readonly List<RoomSnapshot> rooms = [];
    private readonly Dictionary<Room, long> seen = [];
    private long vanished;
    private long missed;
    private long unread;

    internal HubWatcher(WatcherList list, WatchOptions options)
    {
        this.list = list;
        this.options = options;
        events = Channel.CreateBounded<HubEvent>(
            new BoundedChannelOptions(options.Capacity)
            {
                // Where there is a budget, who tells takes out what is too much.
                SingleReader = options.Budget is null,
                FullMode = BoundedChannelFullMode.DropOldest,
            },
            OnLost);
        options.Budget?.Add(this);
    }

    /// <summary>The rooms as they were when the watcher began: the events go on from there.</summary>
    public IReadOnlyCollection<RoomSnapshot> Rooms => rooms;

    /// <summary>Events lost so far because the reader was too slow.</summary>
    public long Missed => Interlocked.Read(ref missed);

    /// <inheritdoc/>
    public async IAsyncEnumerator<HubEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var happened in events.Reader.ReadAllAsync(cancellationToken))
        {
            Interlocked.Add(ref unread, -CostOf(happened));
            if (!IsInSnapshot(happened)) yield return happened;
        }
    }

    /// <summary>Stops watching; the stream ends after what was waiting.</summary>
    public void Dispose()
    {
        list.Remove(this);
        options.Budget?.Remove(this);
        events.Writer.TryComplete();
    }

    /// <summary>Bytes that it wants of each payload.</summary>
    internal int MaxPayload => (options.Kinds & HubEventKind.Message) == 0 ? 0 : options.MaxPayload;

    /// <summary>Takes the snapshot: of the rooms that existed after so many had vanished.</summary>
    internal void Begin(IEnumerable<Room> existing, long vanishedBefore)
    {
        vanished = vanishedBefore;
        foreach (var room in existing)
        {
            if (options.Room is not null && options.Room != room.Name) continue;
            var snapshot = room.Snapshot();
            if (snapshot is not null) rooms.Add(snapshot);
            seen[room] = snapshot?.EventNumber ?? long.MaxValue;
        }
    }

    internal bool Wants(HubEvent happened) =>
        (options.Kinds & happened.Kind) != 0 && (options.Room is null || options.Room == happened.Room?.Name);

    internal void Tell(HubEvent happened)
    {
        Interlocked.Add(ref unread, CostOf(happened));
        if (events.Writer.TryWrite(happened)) Shed();
        else OnLost(happened);
    }

    /// <summary>Loses its oldest events while they take more than its share.</summary>
    internal void Shed()
    {
        while (Interlocked.Read(ref unread) > Share && events.Reader.TryRead(out var oldest)) OnLost(oldest);
    }

    private void OnLost(HubEvent lost)
    {
        Interlocked.Increment(ref missed);
        Interlocked.Add(ref unread, -CostOf(lost));
    }

    private long Share => options.Budget?.Share ?? long.MaxValue;

    // Nothing is counted where nobody asks.
    private long CostOf(HubEvent happened) => options.Budget is null ? 0 : happened.Cost;

    // A watcher is told from before its snapshot on, so that nothing is lost between; what the snapshot shows already is left out here.
    private bool IsInSnapshot(HubEvent happened) =>
        happened.Room is { } room
        && (seen.TryGetValue(room, out var last) ? happened.Number <= last : room.Vanished > 0 && room.Vanished <= vanished);
}
