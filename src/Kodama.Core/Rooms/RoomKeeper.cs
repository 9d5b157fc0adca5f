using System.Collections.Concurrent;

namespace Kodama;

/// <summary>Lets go what rooms have kept long enough, and ends those that are over: once a second, while there are rooms.</summary>
internal sealed class RoomKeeper(Hub hub, RoomRegistry rooms) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // How many of them pass before quiet members are told how far they are.
    private const int SweepsPerMark = 5;

    private readonly Lock gate = new();
    private readonly Lock making = new();
    private readonly ConcurrentDictionary<IKeptLog, bool> others = new();
    private int sweeps;
    private ITimer? timer;
    private bool isAwake;
    private int trimming;
    private long? inVainSince;

    /// <summary>A log that is no room's gives like theirs, until <see cref="Remove"/>.</summary>
    public void Add(IKeptLog log) => others[log] = true;

    public void Remove(IKeptLog log) => others.TryRemove(log, out _);

    /// <summary>There is something to keep.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref isAwake)) return;
        lock (gate)
        {
            if (isAwake) return;
            Volatile.Write(ref isAwake, true);
            timer ??= hub.Time.CreateTimer(
                static keeper => ((RoomKeeper)keeper!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(Interval, Interval);
        }
    }

    /// <summary>Sees to it that the logs become small enough, on another thread, if they are not.</summary>
    public void TrimSoon()
    {
        if (hub.LogBudget.IsOver && Volatile.Read(ref trimming) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static keeper => keeper.Trim(), this, preferLocal: false);
    }

    /// <summary>Makes the logs small enough together, if they are not: the largest give first. Called when no lock is held.</summary>
    public void Trim()
    {
        // Again, if logs have grown at the last moment: whoever wanted it then found somebody at it.
        while (hub.LogBudget.IsOver && Interlocked.Exchange(ref trimming, 1) == 0)
        {
            var gave = false;
            try
            {
                // A tenth more than need be, so that this is not done for every message.
                var most = hub.LogBudget.MostOfMessages / 10 * 9;
                while (hub.LogBudget.Excess(most) is > 0 and var excess && TryHalveLargest(excess)) gave = true;
            }
            finally
            {
                Volatile.Write(ref trimming, 0);
            }
            if (!gave) return;
        }
    }

    /// <summary>
    /// Sees to it that there is place for another room: ends those that have been empty longest, a sixteenth of all. False, if there are
    /// none. Called when no lock is held.
    /// </summary>
    public bool MakeRoom()
    {
        // All rooms are asked: by one at a time, and not again for a while where there were fewer than looked for.
        lock (making)
        {
            if (rooms.HasPlace) return true;
            var now = hub.Time.GetTimestamp();
            if (inVainSince is { } since && hub.Time.GetElapsedTime(since, now) < Interval) return false;
            var most = Math.Max(1, rooms.Count / 16);
            var ended = rooms.InPassing
                .Select(static room => (Room: room, room.Life.EmptySince))
                .Where(static room => room.EmptySince is not null)
                .OrderBy(static room => room.EmptySince).Take(most).ToList().Count(static room => room.Room.Life.TryEnd());
            inVainSince = ended < most ? now : null;
            return ended > 0;
        }
    }

    public void Dispose()
    {
        lock (gate) timer?.Dispose();
    }

    /// <summary>Halves the largest logs, as many as give so many bytes. False, if none gave any.</summary>
    private bool TryHalveLargest(long bytes)
    {
        var (largest, wanted) = (0L, bytes);
        foreach (var log in rooms.InPassing.Concat<IKeptLog>(others.Keys).OrderByDescending(static log => log.Capacity).ToList())
        {
            var before = log.Capacity;
            largest = Math.Max(largest, before);
            // The others give when the largest have become as small as they are.
            if (bytes <= 0 || before < largest / 2) break;
            log.Halve();
            bytes -= before - log.Capacity;
        }
        return bytes < wanted;
    }

    private void Sweep()
    {
        var now = hub.Time.GetTimestamp();
        // Asked before the rooms are: who comes meanwhile wakes it again.
        lock (gate)
        {
            if (rooms.IsEmpty)
            {
                Volatile.Write(ref isAwake, false);
                timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        var tellsComplete = ++sweeps % SweepsPerMark == 0;
        foreach (var room in rooms.InPassing) Sweep(room, now, tellsComplete);
        Trim();
    }

    private void Sweep(Room room, long now, bool tellsComplete)
    {
        try
        {
            if (!room.Life.Sweep(now) && tellsComplete) room.Publisher.Delivery.TellComplete();
        }
        catch (Exception exception)
        {
            // A format that cannot write, or an engine that cannot close: nobody above would catch it, and the other rooms go on.
            RoomsLog.SweepFailed(hub.Logger, room.Name, exception);
        }
    }
}
