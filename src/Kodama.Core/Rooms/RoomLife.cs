namespace Kodama;

/// <summary>The life of a room: it begins when it is open, goes on while something keeps it, and ends once.</summary>
internal sealed class RoomLife
{
    private readonly Room room;

    // Where there is an engine, until it has opened what it keeps.
    private readonly Lock? opening;
    private bool isOpen;
    private bool isOver;
    private int listeners;
    private bool isAwaited;
    private long emptySince;

    public RoomLife(Room room)
    {
        this.room = room;
        isOpen = room.Hub.Engine is null;
        opening = isOpen ? null : new Lock();
        emptySince = room.Hub.Time.GetTimestamp();
    }

    /// <summary>Whether it has begun: until then its epoch is not known, and nothing may be published.</summary>
    public bool IsOpen => Volatile.Read(ref isOpen);

    public bool IsOver_NeedsLock => isOver;

    /// <summary>Since when nothing but its past keeps it, by the monotonic clock; null, where something else does.</summary>
    public long? EmptySince
    {
        get
        {
            lock (room.Gate) return MayEnd_NeedsLock ? emptySince : null;
        }
    }

    private bool MayEnd_NeedsLock => isOpen && room.Fanout.Count == 0 && listeners == 0 && room.Appender is null or { Pending_NeedsLock: 0 }
        && !room.Options.KeepWhenEmpty && (!room.Log.HasState || room.Decides);

    /// <summary>Opens what an engine keeps of it, once. Not called under a lock. Until then it cannot be over; where it cannot be opened,
    /// it is.</summary>
    /// <exception cref="EngineException">It cannot be opened now.</exception>
    public void Open()
    {
        if (Volatile.Read(ref isOpen)) return;
        lock (opening!)
        {
            if (isOpen || isOver) return;
            if (room.Hub.Engine is { } engine && room.Options.Log?.IsDurable != false) Open(engine);
            Volatile.Write(ref isOpen, true);
        }
    }

    /// <summary>Keeps the room from ending until <see cref="LetGo"/>; false, when it has vanished.</summary>
    public bool TryHold()
    {
        lock (room.Gate)
        {
            if (!isOver) listeners++;
            return !isOver;
        }
    }

    public void LetGo()
    {
        lock (room.Gate)
        {
            listeners--;
            Touch_NeedsLock();
        }
    }

    /// <summary>Somebody who was here has lost its connection, and may come back to where it was: also where nothing was said
    /// yet.</summary>
    public void Await_NeedsLock() => isAwaited = true;

    /// <summary>Something happened while nobody is in it.</summary>
    public void Touch_NeedsLock() => emptySince = room.Hub.Time.GetTimestamp();

    /// <summary>The last peer has left. True, when that ends the room.</summary>
    public bool TryEndEmptied_NeedsLock()
    {
        Touch_NeedsLock();
        return TryEndOutlived_NeedsLock(emptySince);
    }

    /// <summary>Lets go what is too old. True, when the room is over.</summary>
    public bool Sweep(long now)
    {
        bool hasEnded;
        lock (room.Gate)
        {
            if (isOver) return false;
            room.Log.Trim(now);
            room.ForgetPages_NeedsLock();
            hasEnded = TryEndOutlived_NeedsLock(now);
        }
        if (hasEnded) room.Hub.RoomRegistry.Forget(room);
        else room.Members.Expire(now);
        return hasEnded;
    }

    /// <summary>Ends the room, if it is empty and nothing but its past keeps it; to make room for another.</summary>
    public bool TryEnd()
    {
        lock (room.Gate)
        {
            if (isOver || !MayEnd_NeedsLock) return false;
            End_NeedsLock();
        }
        room.Hub.RoomRegistry.Forget(room);
        return true;
    }

    private bool TryEndOutlived_NeedsLock(long now)
    {
        if (!MayEnd_NeedsLock) return false;
        var isOutlived = (room.Log.Last == 0 && !isAwaited) || room.Hub.Time.GetElapsedTime(emptySince,
            now) >= room.Log.Retention.KeepEmpty;
        if (isOutlived) End_NeedsLock();
        return isOutlived;
    }

    private void End_NeedsLock()
    {
        isOver = true;
        room.ForgetPages_NeedsLock();
        room.Log.Close();
        room.Store?.Close();
    }

    private void Open(IEngine engine)
    {
        try
        {
            var appender = new RoomAppender(room);
            appender.Store = engine.Open(room.Name, room.Log.Retention, appender, out var kept);
            lock (room.Gate)
            {
                room.Log.Continue(kept, room);
                room.Appender = appender;
            }
            appender.Store.Begin();
        }
        catch
        {
            // Nobody is in it, and its name is free for another try.
            lock (room.Gate) isOver = true;
            room.Hub.RoomRegistry.Forget(room);
            throw;
        }
        if (!room.Decides) room.Members.RemoveLeftOver();
    }
}
