namespace Kodama.Sqlite;

/// <summary>What waits for the next commit, in the order in which it was given its places. Thread-safe; never blocks for long.</summary>
internal sealed class AppendQueue(TimeProvider time) : IDisposable
{
    // What one commit takes at most: more makes nothing faster, and holds its first ones up.
    private const int MostEntries = 4096;
    private const long MostBytes = 8 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly Queue<(SqliteRoom Room, Entry Entry)> waiting = new();
    private bool isStopped;
    private bool isSweepDue;

    /// <summary>
    /// Gives an entry its place. One of a room whose last ones could not be kept gets none, and will be failed behind them; so will all at
    /// the end.
    /// </summary>
    public bool TryAdd(SqliteRoom room, Entry entry)
    {
        lock (gate)
        {
            if (isStopped) return false;
            if (room.Failing is { } failing)
            {
                failing.Add(entry);
                return true;
            }
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (now > room.LastTime) room.LastTime = now;
            entry.Place(entry.IsTransient ? 0 : room.NextOffset++, DateTimeOffset.FromUnixTimeMilliseconds(room.LastTime));
            waiting.Enqueue((room, entry));
            if (waiting.Count == 1) wake.Release();
            return true;
        }
    }

    /// <summary>Waits until there is something to do, and takes it. False, when all is done.</summary>
    public bool Take(List<SqliteRoom> rooms, out bool sweep)
    {
        while (true)
        {
            lock (gate)
            {
                var bytes = 0L;
                for (var count = 0; count < MostEntries && bytes < MostBytes && waiting.TryDequeue(out var next); count++)
                {
                    if (next.Room.Batch.Count == 0) rooms.Add(next.Room);
                    next.Room.Batch.Add(next.Entry);
                    bytes += next.Entry.Size;
                }
                sweep = isSweepDue;
                isSweepDue = false;
                if (rooms.Count > 0 || sweep) return true;
                if (isStopped) return false;
            }
            wake.Wait();
        }
    }

    /// <summary>Looks for what is too old, between two commits.</summary>
    public void RequestSweep()
    {
        lock (gate)
        {
            if (isStopped) return;
            isSweepDue = true;
            wake.Release();
        }
    }

    /// <summary>
    /// The entries of these rooms that were taken, and those that wait, have no place any more: offsets go back to the heads.
    /// </summary>
    public void GiveBack(IReadOnlyCollection<SqliteRoom> rooms)
    {
        lock (gate)
        {
            foreach (var room in rooms)
            {
                room.Failing = room.Batch;
                room.Batch = [];
                room.NextOffset = room.Row.Last + 1;
            }
            for (var count = waiting.Count; count > 0; count--)
            {
                var next = waiting.Dequeue();
                if (next.Room.Failing is { } failing) failing.Add(next.Entry);
                else waiting.Enqueue(next);
            }
        }
    }

    /// <summary>What of a room is to be failed now; null when there is nothing left, and it goes on.</summary>
    public List<Entry>? TakeFailing(SqliteRoom room)
    {
        lock (gate)
        {
            var failing = room.Failing;
            room.Failing = failing is { Count: > 0 } ? [] : null;
            return room.Failing is null ? null : failing;
        }
    }

    /// <summary>Takes nothing more. What waits is still written.</summary>
    public void Stop()
    {
        lock (gate) isStopped = true;
        wake.Release();
    }

    public void Dispose() => wake.Dispose();
}
