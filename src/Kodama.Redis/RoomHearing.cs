using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kodama.Redis;

/// <summary>
/// Puts what a room's channel tells in the order of the offsets, and says when something is missing. Used by who empties the inbox.
/// </summary>
internal sealed class RoomHearing(RedisRoom room, RedisEngine engine)
{
    // Beyond these it is as well read.
    private const int MostAhead = 1024;
    private const int MostAheadBytes = 8 * 1024 * 1024;

    // Of more that no flush lies between a peer would seem to be slow.
    private const int MostAtOnce = 32;

    /// <summary>How long what is missing may still be on its way.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    // By their offsets; transient ones behind the entry of theirs, as they came.
    private readonly SortedList<(long Offset, long Turn), HeardEntry> ahead = [];
    private readonly List<Entry> ready = [];
    private Author? lastAuthor;
    private long expected;
    private long expectedSince;
    private long expectedAtRead;
    private int aheadBytes;
    private long turns;

    /// <summary>Whether there is more than was heard.</summary>
    public bool IsExpecting => expected > room.Head;

    /// <summary>Whether that should have come by now.</summary>
    public bool IsMissing => IsExpecting && Stopwatch.GetElapsedTime(expectedSince) >= Grace;

    /// <summary>Begins anew, at the head of what was read.</summary>
    public void Begin(RoomSync sync)
    {
        ahead.Clear();
        (expected, aheadBytes) = (0, 0);
        (room.Epoch, room.Past, room.Head, room.Trimmed) = (sync.Epoch, sync.Past, sync.Last, sync.Trimmed);
    }

    /// <summary>Redis has told of it, or has answered.</summary>
    /// <param name="heard">The entry.</param>
    /// <param name="trimmed">Up to which offset messages are not all kept.</param>
    public void Hear(in HeardEntry heard, long trimmed)
    {
        room.Trimmed = Math.Max(room.Trimmed, Math.Min(trimmed, heard.Offset));
        if (heard.Offset == room.Head + 1 && !heard.IsTransient)
        {
            Take(heard);
            TakeAhead();
        }
        else if (heard.IsTransient && heard.Offset <= room.Head)
        {
            Take(heard);
        }
        else if (heard.Offset > room.Head)
        {
            var hasPlace = ahead.Count < MostAhead && aheadBytes < MostAheadBytes;
            if (hasPlace && ahead.TryAdd((heard.Offset, heard.IsTransient ? ++turns : 0), heard)) aheadBytes += heard.Blob.Length;
            Expect(heard.Offset);
        }
    }

    /// <summary>What was read behind the head.</summary>
    public void Take(RoomSync sync, FlushBatch batch)
    {
        room.Trimmed = Math.Max(room.Trimmed, sync.Trimmed);
        foreach (var heard in sync.Entries)
        {
            if (heard.Offset > room.Head) Take(heard);
        }
        if (sync.Last > room.Head) Advance(sync.Last);
        TakeAhead();
        // Nothing was there that was expected before it was asked.
        if (!sync.HasMore && expected == expectedAtRead) expected = Math.Min(expected, room.Head);
        HandOut(batch);
    }

    /// <summary>Redis is asked what there is.</summary>
    public void Reads() => expectedAtRead = expected;

    /// <summary>There is an entry at this offset.</summary>
    public void Expect(long offset)
    {
        if (offset <= room.Head) return;
        if (!IsExpecting) expectedSince = Stopwatch.GetTimestamp();
        expected = Math.Max(expected, offset);
        room.Need();
    }

    public void HandOut(FlushBatch batch)
    {
        for (var all = CollectionsMarshal.AsSpan(ready); all.Length > 0; all = all[Math.Min(MostAtOnce, all.Length)..])
        {
            try
            {
                room.Feed.Deliver(all[..Math.Min(MostAtOnce, all.Length)], batch);
                if (all.Length > MostAtOnce) batch.Flush();
            }
            catch (Exception exception)
            {
                // What a peer that is ended for it has thrown: the entries behind are kept as well.
                RedisLog.DeliveryFailed(engine.Logger, room.Name, exception);
            }
        }
        ready.Clear();
    }

    /// <summary>What lies in Redis as a room begins with it.</summary>
    public KeptRoom Kept(RoomSync sync)
    {
        var (messages, keys) = (new List<Entry>(), new List<Entry>());
        foreach (var heard in sync.Entries)
        {
            if (Read(heard) is not { } entry) continue;
            entry.Place(heard.Offset, DateTimeOffset.FromUnixTimeMilliseconds(heard.Time));
            (entry.Kind == EntryKind.Message ? messages : keys).Add(entry);
        }
        var first = messages.Count > 0 ? messages[0].Offset - 1 : sync.Messages > 0 ? sync.Last : sync.Trimmed;
        return new KeptRoom(
            sync.Epoch, sync.Last, DateTimeOffset.FromUnixTimeMilliseconds(sync.Time),
            messages.Count < sync.Messages ? first : sync.Trimmed, messages, keys, sync.Forgotten, [], 0, sync.Past);
    }

    // What it says; null, where it is nothing that a hub has written.
    private Entry? Read(in HeardEntry heard)
    {
        var entry = EntryBlob.Read(heard.Blob.Span, lastAuthor);
        if (entry is null) RedisLog.Unreadable(engine.Logger, heard.Offset, room.Name);
        else lastAuthor = entry.Author ?? lastAuthor;
        return entry;
    }

    private void Take(in HeardEntry heard)
    {
        var own = room.TakeOwn(heard.Source);
        // One's own transient message that was given up.
        if (own is null && heard.IsTransient && heard.Source.Hub == engine.HubId) return;
        var entry = own?.Entry ?? Read(heard);
        if (!heard.IsTransient) Advance(heard.Offset);
        if (entry is null) return;
        ready.Add(entry.Place(heard.IsTransient ? 0 : heard.Offset, DateTimeOffset.FromUnixTimeMilliseconds(heard.Time)));
    }

    // What is missing now is missing since now.
    private void Advance(long head)
    {
        room.Head = head;
        if (IsExpecting) expectedSince = Stopwatch.GetTimestamp();
    }

    private void TakeAhead()
    {
        while (ahead.Count > 0 && ahead.GetKeyAtIndex(0) is var (offset, turn) && offset <= (turn > 0 ? room.Head : room.Head + 1))
        {
            var heard = ahead.GetValueAtIndex(0);
            ahead.RemoveAt(0);
            aheadBytes -= heard.Blob.Length;
            if (heard.IsTransient || offset > room.Head) Take(heard);
        }
    }
}
