namespace Kodama;

/// <summary>Lets go what rooms have kept long enough, and ends those that are over: once a second, while there are rooms.</summary>
internal sealed class RoomKeeper(Hub hub) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // How many of them pass before quiet members are told how far they are.
    private const int SweepsPerMark = 5;

    private readonly Lock gate = new();
    private int sweeps;
    private ITimer? timer;
    private bool isAwake;
    private int trimming;

    /// <summary>There is something to keep.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref isAwake)) return;
        lock (gate)
        {
            if (isAwake) return;
            Volatile.Write(ref isAwake, true);
            timer ??= hub.Time.CreateTimer(static keeper => ((RoomKeeper)keeper!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(Interval, Interval);
        }
    }

    /// <summary>Sees to it that the logs become small enough, on another thread, if they are not.</summary>
    public void TrimSoon()
    {
        if (hub.LogBudget.IsOver && Volatile.Read(ref trimming) == 0) ThreadPool.UnsafeQueueUserWorkItem(static keeper => keeper.Trim(), this, preferLocal: false);
    }

    /// <summary>Makes the logs small enough together, if they are not: the largest give first. Called when no lock is held.</summary>
    public void Trim()
    {
        if (!hub.LogBudget.IsOver || Interlocked.Exchange(ref trimming, 1) == 1) return;
        try
        {
            // A tenth more than need be, so that this is not done for every message.
            var most = hub.LogBudget.Most / 10 * 9;
            for (var before = long.MaxValue; hub.LogBudget.Taken is var taken && taken > most && taken < before; before = taken) HalveLargest(taken - most);
        }
        finally
        {
            Volatile.Write(ref trimming, 0);
        }
    }

    /// <summary>Ends rooms that have been empty longest, a sixteenth of all; true, if there were some.</summary>
    public bool MakeRoom()
    {
        var ended = 0;
        foreach (var room in hub.RoomsInPassing.Where(static room => room.PeerCount == 0).OrderBy(static room => room.EmptySince).Take(Math.Max(1, hub.Options.Log.MaxRooms / 16)).ToList())
        {
            if (room.TryEnd()) ended++;
        }
        return ended > 0;
    }

    public void Dispose()
    {
        lock (gate) timer?.Dispose();
    }

    /// <summary>Halves the largest logs, as many as give so many bytes.</summary>
    private void HalveLargest(long bytes)
    {
        var largest = 0L;
        foreach (var room in hub.RoomsInPassing.OrderByDescending(static room => room.LogCapacity).ToList())
        {
            var before = room.LogCapacity;
            largest = Math.Max(largest, before);
            // The others give when the largest have become as small as they are.
            if (bytes <= 0 || before < largest / 2) break;
            room.Halve();
            bytes -= before - room.LogCapacity;
        }
    }

    private void Sweep()
    {
        var now = hub.Time.GetTimestamp();
        // Asked before the rooms are: who comes meanwhile wakes it again.
        lock (gate)
        {
            if (!hub.HasRooms)
            {
                Volatile.Write(ref isAwake, false);
                timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        var tellsComplete = ++sweeps % SweepsPerMark == 0;
        foreach (var room in hub.RoomsInPassing) Sweep(room, now, tellsComplete);
        Trim();
    }

    private void Sweep(Room room, long now, bool tellsComplete)
    {
        try
        {
            if (!room.Sweep(now) && tellsComplete) room.Reader.TellComplete();
        }
        catch (Exception exception)
        {
            // A format that cannot write, or an engine that cannot close: nobody above would catch it, and the other rooms go on.
            RoomKeeperLog.SweepFailed(hub.Logger, room.Name, exception);
        }
    }
}
