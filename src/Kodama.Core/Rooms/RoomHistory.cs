namespace Kodama;

/// <summary>What is kept of a room, in memory and beyond it where there is an engine. A view: it holds nothing of its own.</summary>
internal readonly struct RoomHistory(Room room)
{
    /// <summary>Messages up to this offset are not all there.</summary>
    public long Oldest_NeedsLock => room.Store is { } store ? Math.Min(store.Trimmed, room.Log.Trimmed) : room.Log.Trimmed;

    /// <summary>Whether entries behind an offset are gone, or it lies ahead of the head.</summary>
    public bool IsGap_NeedsLock(long after) => after < Oldest_NeedsLock || after > room.Log.Last;

    /// <summary>Whether more may be known elsewhere than the room has here: to who joins live, or comes with a position that it does not
    /// have.</summary>
    public bool MayBeBehind(Start start)
    {
        if (start.Position is not { } position) return start.IsLive;
        // Nobody was told anything up to there.
        if (position.Offset == 0) return false;
        lock (room.Gate) return !room.Log.TryFind(position, out var offset) || offset > room.Log.Last;
    }

    /// <summary>
    /// Behind which offset somebody begins by number or time, as what is kept outside memory has it; null for who begins otherwise. Not
    /// called under a lock.
    /// </summary>
    /// <exception cref="EngineException">It cannot be read now.</exception>
    public long? FindStart(Start start)
    {
        if (start.IsLive || start.Position is not null || room.Store is not { } store) return null;
        long trimmed;
        int count;
        lock (room.Gate)
        {
            var found = OffsetBefore_NeedsLock(start, out var isAll);
            if (isAll || store.Trimmed >= room.Log.Trimmed) return found;
            (trimmed, count) = (room.Log.Trimmed, room.Log.MessageCount);
        }
        return start.Messages is { } messages ? store.FindStart(trimmed, messages - count) : store.FindStart(trimmed, start.Time!.Value);
    }

    /// <summary>Behind which offset somebody begins, and whether entries behind its position are gone.</summary>
    /// <param name="start">With what it wants to begin.</param>
    /// <param name="found">What <see cref="FindStart"/> has found.</param>
    /// <param name="readsPast">Whether it may read what was before.</param>
    public (long Cursor, bool IsGap) Begin_NeedsLock(Start start, long? found, bool readsPast)
    {
        var head = room.Log.Last;
        if (start.Position is { } position)
        {
            var isKnown = room.Log.TryFind(position, out var offset);
            var isGap = !readsPast || !isKnown || IsGap_NeedsLock(offset);
            if (!isGap) return (offset, false);
            return (!readsPast ? head : isKnown ? Oldest_NeedsLock : Math.Max(Oldest_NeedsLock, offset), true);
        }
        if (start.IsLive || !readsPast) return (head, false);
        return (Math.Max(found ?? OffsetBefore_NeedsLock(start, out _), Oldest_NeedsLock), false);
    }

    /// <summary>
    /// A page behind an offset that memory has let go. What was handed out before the store is asked is in its answer, and nothing else is
    /// taken from it: it may be ahead of the room. Null, where retention has taken some of it meanwhile.
    /// </summary>
    public async ValueTask<Page?> ReadStoreAsync(long after, bool withKeys, CancellationToken cancellationToken = default)
    {
        long head;
        string epoch;
        lock (room.Gate) (head, epoch) = (room.Log.Last, room.Log.Epoch);
        var messages = await room.Store!.ReadAfterAsync(after, RoomLog.PageEntries, RoomLog.PageBytes, cancellationToken);
        var isAll = messages.Count < RoomLog.PageEntries && messages.Sum(static message => message.Size) <= RoomLog.PageBytes;
        var upTo = isAll ? head : Math.Min(head, messages[^1].Offset);
        lock (room.Gate)
        {
            return epoch != room.Log.Epoch || IsGap_NeedsLock(after)
                ? null
                : room.Log.Merge(after, upTo, [.. messages.Where(message => message.Offset <= upTo)], withKeys);
        }
    }

    /// <summary>Puts what the store has before what memory had. True, when there is more.</summary>
    public static async ValueTask<bool> AddOlderAsync(
        IRoomStore store, List<Entry> entries, long before, int most, long mostBytes, CancellationToken cancellationToken)
    {
        var bytes = entries.Sum(static entry => entry.Size);
        var end = entries.Count > 0 ? entries[0].Offset : before;
        // One more tells whether there are more.
        var older = await store.ReadBeforeAsync(end, most + 1 - entries.Count, Math.Max(0, mostBytes - bytes), cancellationToken);
        var first = older.Count;
        while (first > 0 && entries.Count + older.Count - first < most)
        {
            bytes += older[first - 1].Size;
            if (bytes > mostBytes && entries.Count + older.Count > first) break;
            first--;
        }
        entries.InsertRange(0, older.Skip(first));
        // One that is too large by itself came alone, whatever is before it.
        return first > 0 || (older.Count == 1 && bytes > mostBytes && older[0].Offset - 1 > store.Trimmed);
    }

    private long OffsetBefore_NeedsLock(Start start, out bool isAll) => start.Messages is { } messages
        ? room.Log.OffsetBefore(messages, out isAll)
        : room.Log.OffsetBefore(start.Time!.Value, out isAll);
}
