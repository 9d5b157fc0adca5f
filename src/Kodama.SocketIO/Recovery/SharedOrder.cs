using System.Globalization;

namespace Kodama.SocketIO;

/// <summary>
/// The order of a namespace's stream where several hubs have it (docs/specs/cluster.md): a room of the engine that nobody can enter. What
/// comes from a room each hub that has it open appends, in the room's order: the first of each counts.
/// </summary>
internal sealed class SharedOrder : IRoomFeed
{
    private readonly RecoveryStream stream;
    private readonly SocketIONamespace owner;
    private readonly IRoomStore store;
    private readonly PendingShares shares;
    private readonly Lock gate = new();

    // Of each room the last that is in the stream, and where.
    private readonly Dictionary<string, (long InRoom, long Time, long Place)> tops = new(StringComparer.Ordinal);
    private readonly HashSet<Entry> waiting = [];
    private (string Life, long UpTo)[] past = [];

    /// <exception cref="EngineException">What is kept of it cannot be opened now.</exception>
    public SharedOrder(RecoveryStream stream, SocketIONamespace owner, IEngine engine, in Retention retention, out KeptRoom kept)
    {
        (this.stream, this.owner) = (stream, owner);
        shares = new PendingShares(owner.Hub.PendingBudget);
        // No door lets such a name in.
        Name = $"\u0001socket.io {owner.Server.Options.Path.TrimEnd('/')} {owner.Name}";
        store = engine.Open(Name, retention, this, out kept);
        kept = Begin(kept);
    }

    /// <summary>Of the room of the engine.</summary>
    public string Name { get; }

    /// <summary>From here on it hears what comes.</summary>
    public void Begin() => store.Begin();

    /// <summary>Has an event ordered with those of all hubs; the stream's lock is held. What finds no place to wait is lost.</summary>
    /// <param name="bytes">The event with its audience.</param>
    /// <param name="room">From where it comes; null for the program.</param>
    /// <param name="offset">Its place there.</param>
    /// <param name="time">Its time there: a room that begins anew has its places again, but later.</param>
    public void Append_NeedsLock(ReadOnlyMemory<byte> bytes, string? room, long offset, DateTimeOffset time)
    {
        var entry = new Entry
        {
            Payload = Payload.Of(bytes.ToArray()),
            Id = room is null ? null : string.Create(CultureInfo.InvariantCulture, $"{offset} {time.UtcTicks} {room}"),
            Scope = room,
            IsRepeatable = room is not null,
        };
        bool hasPlace;
        lock (gate)
        {
            hasPlace = shares.TryTake_NeedsLock(entry);
            if (hasPlace) waiting.Add(entry);
        }
        if (hasPlace)
        {
            store.Append(entry);
            store.Appended();
            return;
        }
        SocketIOLog.NotOrdered(owner.Server.Logger, owner.Name, 1, "More waits for the engine than may (Log.MaxPendingBytes).");
    }

    /// <summary>Whether an offset of an earlier life is the same place in this one.</summary>
    public bool IsPast(string offset, long number) =>
        Array.Exists(past, life => offset.StartsWith(life.Life, StringComparison.Ordinal) && number <= life.UpTo);

    /// <summary>The last place that an earlier life has in common with this one; null, where it is none of its own.</summary>
    public long? UpToOf(string life) => Array.Find(past, one => one.Life == life) is { Life: not null } found ? found.UpTo : null;

    /// <summary>Waits until this hub has handed out what others may have. False, where that cannot be known now.</summary>
    public ValueTask<bool> CatchUpAsync() => store.CatchUpAsync(CancellationToken.None);

    /// <summary>Events that this hub does not keep in memory; null, where they are not all there any more.</summary>
    public async ValueTask<Page?> ReadAsync(long after, long upTo)
    {
        var found = await store.ReadAfterAsync(after, RoomLog.PageEntries, RoomLog.PageBytes).ConfigureAwait(false);
        if (found.Count == 0 || found[0].Offset != after + 1) return null;
        return new Page([.. found.Where(entry => entry.Offset <= upTo)], after, Math.Min(found[^1].Offset, upTo), 0);
    }

    /// <summary>Whether the stream has had it before; notes that it has now.</summary>
    private bool IsDuplicate(Entry entry)
    {
        if (entry.Id?.Split(' ', 3) is not [var first, var second, var room]) return false;
        if (!long.TryParse(first, CultureInfo.InvariantCulture, out var offset)) return false;
        if (!long.TryParse(second, CultureInfo.InvariantCulture, out var time)) return false;
        lock (gate)
        {
            if (tops.TryGetValue(room, out var top) && offset <= top.InRoom && time <= top.Time) return true;
            tops[room] = (offset, time, entry.Offset);
            return false;
        }
    }

    /// <summary>What lies before this place is not looked back to.</summary>
    public void Forget(long trimmed)
    {
        lock (gate)
        {
            foreach (var (room, top) in tops)
            {
                if (top.Place <= trimmed) tops.Remove(room);
            }
        }
    }

    public void Close()
    {
        store.Close();
        lock (gate)
        {
            foreach (var entry in waiting) shares.Return_NeedsLock(entry);
            waiting.Clear();
        }
    }

    void IRoomFeed.Deliver(ReadOnlySpan<Entry> entries, FlushBatch batch)
    {
        foreach (var entry in entries)
        {
            Settle(entry);
            stream.HandOut(Once(entry), batch);
        }
    }

    void IRoomFeed.Answer(Entry entry, PublishResult answer) => Settle(entry);

    void IRoomFeed.Renew(KeptRoom kept)
    {
        var begun = Begin(kept);
        using var batch = FlushBatch.Rent();
        stream.Renew(begun, batch);
    }

    void IRoomFeed.Fail(ReadOnlySpan<Entry> entries, RefusalCode code, string why)
    {
        foreach (var entry in entries) Settle(entry);
        SocketIOLog.NotOrdered(owner.Server.Logger, owner.Name, entries.Length, why);
    }

    private KeptRoom Begin(KeptRoom kept)
    {
        lock (gate) tops.Clear();
        past = [.. (kept.Past ?? []).Select(static position => (position.Epoch[..OffsetFormat.LifeLength], position.Offset))];
        return kept with { Messages = [.. kept.Messages.Select(Once)] };
    }

    // What is there twice is for nobody the second time.
    private Entry Once(Entry entry) => IsDuplicate(entry)
        ? new Entry { Payload = Payload.Of(AudienceWriter.Nobody) }.Place(entry.Offset, entry.Time)
        : entry;

    // Others' have taken nothing.
    private void Settle(Entry entry)
    {
        lock (gate)
        {
            if (waiting.Remove(entry)) shares.Return_NeedsLock(entry);
        }
    }
}
