namespace Kodama;

/// <summary>The hub's watchers. Costs a publisher one read when there are none.</summary>
internal sealed class WatcherList
{
    private readonly Lock gate = new();
    private HubWatcher[] watchers = [];

    public int Count => Volatile.Read(ref watchers).Length;

    /// <summary>The most bytes of a payload that any of them wants.</summary>
    public int MaxPayload
    {
        get
        {
            var most = 0;
            foreach (var watcher in Volatile.Read(ref watchers)) most = Math.Max(most, watcher.MaxPayload);
            return most;
        }
    }

    public HubWatcher Add(WatchOptions options)
    {
        var watcher = new HubWatcher(this, options);
        lock (gate) Volatile.Write(ref watchers, [.. watchers, watcher]);
        return watcher;
    }

    /// <summary>One that begins with the rooms as they are.</summary>
    public HubWatcher Add(WatchOptions options, RoomRegistry rooms)
    {
        var watcher = Add(options);
        var (existing, vanished) = rooms.AtOnce();
        watcher.Begin(existing, vanished);
        return watcher;
    }

    public void Remove(HubWatcher watcher)
    {
        lock (gate) Volatile.Write(ref watchers, Array.FindAll(watchers, w => w != watcher));
    }

    /// <summary>A copy of a payload that is about to be published, as much as they want of it; null, where there are none.</summary>
    public Payload? Keep(in Payload payload) => Count == 0 ? default(Payload?) : payload.ToOwnedUpTo(MaxPayload);

    /// <summary>A message was published in a room; <paramref name="kept"/> is from <see cref="Keep"/>.</summary>
    public void TellMessage(Room room, long number, in Message message, Payload? kept)
    {
        if (Count == 0) return;
        // Who has begun to watch since may want more than was kept.
        var wanted = MaxPayload;
        var length = message.Payload.Length;
        if (kept is not { } owned || (owned.Length < length && owned.Length < wanted)) owned = message.Payload.ToOwnedUpTo(wanted);
        Tell(new HubEvent(HubEventKind.Message, room, number, message.Sender, null, message.With(owned), message.Time, length));
    }

    /// <summary>A peer has joined a room, or left it.</summary>
    public void TellMember(HubEventKind kind, Room room, long number, Peer peer, CloseReason? reason)
    {
        if (Count > 0) Tell(new HubEvent(kind, room, number, peer, reason, default, room.Hub.Time.GetUtcNow()));
    }

    public void Tell(HubEvent happened)
    {
        var cut = happened;
        foreach (var watcher in Volatile.Read(ref watchers))
        {
            if (!watcher.Wants(happened)) continue;
            var kept = Math.Min(happened.Message.Payload.Length, watcher.MaxPayload);
            // Who does not read keeps its events: no more of each than it asked for, whatever another wants. Those that ask for the same
            // share it.
            if (kept != cut.Message.Payload.Length) cut = kept == happened.Message.Payload.Length ? happened : happened.Cut((int)kept);
            watcher.Tell(cut);
        }
    }
}
