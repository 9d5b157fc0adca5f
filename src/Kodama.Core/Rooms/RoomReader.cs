using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>Reads what a room keeps in pages, for whoever asks. A view: it holds nothing of its own.</summary>
internal readonly struct RoomReader(Room room)
{
    private const int MostEntries = 1000;

    /// <summary>What is kept behind an offset: messages, and changes of keys if they are asked for.</summary>
    public async ValueTask<EntryPage> ReadAfterAsync(
        long after, int most, long mostBytes, bool withKeys, bool withAsides, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ThrowIfNoBounds(most, mostBytes);
        // Who reads from the beginning knows no keys.
        return (await ReadAsync(room.Log.At(after), most, mostBytes, withKeys, withAsides, after > 0 ? 0 : null, cancellationToken)).Page;
    }

    /// <summary>The newest messages before an offset.</summary>
    public async ValueTask<EntryPage> ReadBeforeAsync(
        long before, int most, long mostBytes, bool withAsides, CancellationToken cancellationToken)
    {
        ThrowIfNoBounds(most, mostBytes);
        var log = room.Log;
        List<Entry> entries;
        bool hasMore;
        long oldest;
        lock (room.Gate)
        {
            before = Math.Clamp(before, 1, log.Last + 1);
            entries = log.ReadBefore(before, most, mostBytes, out hasMore);
            oldest = log.Trimmed;
        }
        if (!hasMore && room.Store is { } store)
        {
            hasMore = await RoomHistory.AddOlderAsync(store, entries, before, most, mostBytes, cancellationToken);
            oldest = Math.Min(oldest, store.Trimmed);
        }
        var from = entries.Count > 0 ? entries[0].Offset - 1 : Math.Min(oldest, before - 1);
        entries.RemoveAll(entry => !IsForAll(entry, withAsides));
        return new EntryPage(entries, log.At(from), log.At(before - 1), !hasMore && oldest > 0, hasMore);
    }

    /// <summary>Pages from a start on, and what happens then. The room is held meanwhile.</summary>
    public async IAsyncEnumerable<EntryPage> ListenAsync(Start start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Position after;
        bool isGap;
        // Who listens live has heard nothing elsewhere.
        if (start.Position is { } told && !await room.CatchUpAsync(start, cancellationToken))
            throw new EngineException($"Room {room.Name} is behind {told} here, and cannot catch up now.");
        var found = room.History.FindStart(start);
        lock (room.Gate)
        {
            (var cursor, isGap) = room.History.Begin_NeedsLock(start, found, readsPast: true);
            after = room.Log.At(cursor);
        }
        // Who begins elsewhere than where it was knows no keys.
        long? forgotten = start.Position is { Offset: > 0 } ? 0 : null;
        while (true)
        {
            (var page, forgotten) = await ReadAsync(
                after, RoomLog.PageEntries, RoomLog.PageBytes, withKeys: true, withAsides: false, forgotten, cancellationToken);
            if (isGap || page.IsGap || page.UpTo.Offset > after.Offset) yield return page with { IsGap = isGap || page.IsGap };
            (after, isGap) = (page.UpTo, false);
            if (page.HasMore) continue;
            Task more;
            lock (room.Gate) more = after.Epoch == room.Log.Epoch ? room.Log.WhenBeyond(after.Offset) : Task.CompletedTask;
            await more.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A page of what is kept behind an offset, and up to where removals were forgotten when it was read.</summary>
    /// <param name="after">Behind which position; there is a gap where the room's epoch is another by now.</param>
    /// <param name="most">Most entries.</param>
    /// <param name="mostBytes">Most bytes of more than one.</param>
    /// <param name="withKeys">Whether changes of keys are to be in it.</param>
    /// <param name="withAsides">Whether asides are to be in it.</param>
    /// <param name="forgotten">Up to where the reader has no use for removals; null where it knows no keys yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async ValueTask<(EntryPage Page, long? Forgotten)> ReadAsync(
        Position after, int most, long mostBytes, bool withKeys, bool withAsides, long? forgotten, CancellationToken cancellationToken)
    {
        var (log, history) = (room.Log, room.History);
        var entries = new List<Entry>();
        var (epoch, from, upTo, isGap) = (after.Epoch, after.Offset, after.Offset, false);
        var (count, bytes) = (0, 0L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long head;
            Page? page;
            lock (room.Gate)
            {
                head = log.Last;
                if (epoch != log.Epoch)
                {
                    if (count > 0) return End(hasMore: true);
                    isGap |= !log.TryFind(new Position(epoch, upTo), out upTo);
                    (epoch, from) = (log.Epoch, upTo);
                }
                if (history.IsGap_NeedsLock(upTo))
                {
                    // A gap behind what was read so far is told with the next page.
                    if (count > 0) return End(hasMore: true);
                    from = upTo = history.Oldest_NeedsLock;
                    isGap = true;
                }
                page = upTo < log.Trimmed ? null : log.Read(upTo, withKeys);
            }
            page ??= await history.ReadStoreAsync(upTo, withKeys, cancellationToken);
            if (page is null) continue;
            forgotten ??= page.Forgotten;
            isGap |= page.Forgotten > Math.Max(forgotten.Value, upTo);
            forgotten = page.Forgotten;
            foreach (var entry in page.Entries)
            {
                if (count == most || (count > 0 && bytes + entry.Size > mostBytes)) return End(hasMore: true);
                count++;
                bytes += entry.Size;
                upTo = entry.Offset;
                if (IsForAll(entry, withAsides)) entries.Add(entry);
            }
            upTo = page.UpTo;
            if (upTo >= head) return End(hasMore: false);
            if (count == most) return End(hasMore: true);
        }

        (EntryPage Page, long? Forgotten) End(bool hasMore) =>
            (new EntryPage(entries, new Position(epoch, from), new Position(epoch, upTo), isGap, hasMore), forgotten);
    }

    private static bool IsForAll(Entry entry, bool withAsides) =>
        entry.Except is null && (withAsides || entry.Note is not { IsAside: true });

    private static void ThrowIfNoBounds(int most, long mostBytes)
    {
        if (most is < 1 or > MostEntries)
            throw new ArgumentOutOfRangeException(nameof(most), most, $"A page has 1 to {MostEntries} entries.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostBytes);
    }
}
