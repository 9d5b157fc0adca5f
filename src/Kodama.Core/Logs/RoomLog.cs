using System.Buffers.Text;
using System.Security.Cryptography;

namespace Kodama;

/// <summary>What a room keeps of its stream in memory: the part that may be delivered. Guarded by the room's lock.</summary>
internal sealed class RoomLog(LogBudget budget, Retention retention, TimeProvider time)
{
    /// <summary>Most messages of one page.</summary>
    internal const int PageEntries = 128;

    /// <summary>With so many bytes it ends.</summary>
    internal const long PageBytes = 64 * 1024;

    private const int EpochBytes = 9;

    private readonly MessageRing messages = new(budget);
    private KeyTable? keys;
    private IdWindow? ids;
    private long lastTicks;
    private TaskCompletionSource? advanced;
    private IReadOnlyList<Position> past = [];

    public string Epoch { get; set; } = NewEpoch();

    /// <summary>The last entry's offset: the head.</summary>
    public long Last { get; private set; }

    /// <summary>When the last entry was ordered.</summary>
    public DateTimeOffset LastTime => new(lastTicks, TimeSpan.Zero);

    public Retention Retention => retention;

    public KeyTable Keys => keys ??= new KeyTable(budget);

    public IdWindow Ids => ids ??= new IdWindow(budget);

    /// <summary>Whether the state or a member keeps the room.</summary>
    public bool HasKeys => keys is { StateKeys: > 0 } or { Members: > 0 };

    public bool HasState => keys is { StateKeys: > 0 };

    /// <summary>What its messages and ids take.</summary>
    public long Capacity => messages.Capacity + (ids?.Capacity ?? 0);

    public int MessageCount => messages.Count;

    /// <summary>Whether messages have been said behind this offset, kept or not.</summary>
    public bool HasMessagesBehind(long offset) => offset < messages.Trimmed || messages.IndexAfter(offset) < messages.Count;

    /// <summary>Messages up to this offset are not all there.</summary>
    public long Trimmed => messages.Trimmed;

    public Position At(long offset) => new(Epoch, offset);

    /// <summary>Whether what lies behind a position is what lies behind an offset of this epoch.</summary>
    /// <param name="position">Of this epoch, or of another.</param>
    /// <param name="offset">That offset; else the last one that the two epochs have in common, or -1 where they have none.</param>
    public bool TryFind(Position position, out long offset)
    {
        offset = position.Offset;
        if (position.Epoch == Epoch) return true;
        foreach (var (epoch, upTo) in past)
        {
            if (epoch != position.Epoch) continue;
            if (offset <= upTo) return true;
            offset = upTo;
            return false;
        }
        offset = -1;
        return false;
    }

    /// <summary>Ends when there is an entry behind this offset.</summary>
    public Task WhenBeyond(long offset)
    {
        if (Last > offset) return Task.CompletedTask;
        advanced ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return advanced.Task;
    }

    /// <summary>There is another entry: who waits for it learns so on another thread.</summary>
    public void WakeWaiting()
    {
        if (advanced is null) return;
        advanced.SetResult();
        advanced = null;
    }

    /// <summary>Gives a message its place, and keeps it.</summary>
    public Message Append(in Message message, IReadOnlySet<string>? except)
    {
        var placed = message.At(Last + 1, Stamp(message.Time));
        Take(placed, except);
        return placed;
    }

    /// <summary>Gives a change of a key its place, and keeps it.</summary>
    public void Append(Entry change, DateTimeOffset received) => Take(change.Place(Last + 1, Stamp(received)));

    /// <summary>Takes a message that has its place.</summary>
    public void Take(in Message placed, IReadOnlySet<string>? except)
    {
        Last = placed.Offset;
        lastTicks = placed.Time.UtcTicks;
        messages.Add(placed, except, time.GetTimestamp(), retention);
    }

    /// <summary>Takes a change that has its place.</summary>
    public void Take(Entry placed)
    {
        Last = placed.Offset;
        lastTicks = placed.Time.UtcTicks;
        Keys.Add(placed, time.GetTimestamp());
    }

    /// <summary>Goes on where an earlier life of the log ended. Ages begin anew: the clock of that life is not known.</summary>
    public void Continue(KeptRoom kept, Room? room)
    {
        (Epoch, past) = (kept.Epoch, kept.Past ?? []);
        messages.Clear(kept.Trimmed);
        foreach (var message in kept.Messages) messages.Add(message.ToMessage(room), message.Except, time.GetTimestamp(), retention);
        foreach (var key in kept.Keys) Keys.Add(key, time.GetTimestamp());
        if (kept.Forgotten > 0) Keys.Continue(kept.Forgotten);
        if (kept.IdsForgotten > 0) Ids.Continue(kept.IdsForgotten);
        foreach (var id in kept.Ids) Ids.Add(id.Author, id.Id, new(id.Digest, id.Offset, null), time.GetTimestamp());
        Last = kept.Last;
        // A clock that was ahead in that life does not hold up this one's.
        lastTicks = Math.Min(kept.LastTime.UtcTicks, time.GetUtcNow().UtcTicks);
    }

    /// <summary>Another log takes its place, or what is left of it. The ids that it was given are the caller's matter.</summary>
    public void Renew(KeptRoom kept, Room room)
    {
        keys?.Clear();
        keys = null;
        Continue(kept, room);
        WakeWaiting();
    }

    /// <summary>A time for the next entry: never before the last one's.</summary>
    public DateTimeOffset Stamp(DateTimeOffset received)
    {
        var ticks = received.UtcTicks - (received.UtcTicks % TimeSpan.TicksPerMillisecond);
        return new DateTimeOffset(Math.Max(ticks, lastTicks), TimeSpan.Zero);
    }

    /// <summary>Whether who knows the keys as they were at this offset would not learn of all removals.</summary>
    public bool IsKeyGap(long after) => keys is not null && after < keys.Forgotten;

    /// <summary>Behind which offset a reader begins that wants the last messages, or those since a time.</summary>
    /// <param name="lastMessages">How many.</param>
    /// <param name="isAll">Whether there would be no more of them if more were kept.</param>
    public long OffsetBefore(int lastMessages, out bool isAll)
    {
        isAll = lastMessages <= messages.Count;
        return OffsetBeforeIndex(Math.Max(0, messages.Count - lastMessages));
    }

    /// <inheritdoc cref="OffsetBefore(int, out bool)"/>
    public long OffsetBefore(DateTimeOffset since, out bool isAll)
    {
        var index = messages.IndexSince(since);
        isAll = index > 0;
        return OffsetBeforeIndex(index);
    }

    /// <summary>
    /// The entries behind this offset, a page of them: it ends at the next offset with something before it that <see cref="PageEntries"/>
    /// divides, so that readers who are not far apart soon read the same pages. What is not there any more costs nothing.
    /// </summary>
    public Page Read(long after, bool withKeys)
    {
        var index = messages.IndexAfter(after);
        var first = index < messages.Count ? messages.OffsetAt(index) : long.MaxValue;
        if (withKeys && keys is not null) first = Math.Min(first, keys.NextAfter(after));
        if (first == long.MaxValue) return Merge(after, Last, [], withKeys);
        var end = first - 1 - ((first - 1) % PageEntries) + PageEntries;
        var found = new List<Entry>();
        var bytes = 0L;
        for (; index < messages.Count && messages.OffsetAt(index) <= end && bytes < PageBytes; index++)
        {
            found.Add(messages.Read(index));
            bytes += found[^1].Size;
        }
        return Merge(after, bytes < PageBytes ? Math.Min(end, Last) : found[^1].Offset, found, withKeys);
    }

    /// <summary>These messages, and the changes of keys between them, up to an offset, or until they are enough for a page.</summary>
    public Page Merge(long after, long upTo, IReadOnlyList<Entry> found, bool withKeys)
    {
        if (!withKeys || keys is null) return new Page(found, after, upTo, 0);
        var changes = keys.Read(after, upTo);
        var entries = new List<Entry>(found.Count + changes.Count);
        var (message, change, bytes) = (0, 0, 0L);
        while (message < found.Count || change < changes.Count)
        {
            if (bytes >= PageBytes) return new Page(entries, after, entries[^1].Offset, keys.Forgotten);
            var isChange = message == found.Count || (change < changes.Count && changes[change].Offset < found[message].Offset);
            entries.Add(isChange ? changes[change++] : found[message++]);
            bytes += entries[^1].Size;
        }
        return new Page(entries, after, upTo, keys.Forgotten);
    }

    /// <summary>
    /// Messages before an offset, the newest of them, in order: at most so many, and so many bytes of those that are more than one.
    /// </summary>
    public List<Entry> ReadBefore(long before, int most, long mostBytes, out bool hasMore)
    {
        var end = messages.IndexAfter(before - 1);
        var start = end;
        for (var bytes = 0L; start > 0 && end - start < most; start--)
        {
            bytes += messages.SizeAt(start - 1);
            if (bytes > mostBytes && start < end) break;
        }
        var entries = new List<Entry>(end - start);
        for (var i = start; i < end; i++) entries.Add(messages.Read(i));
        hasMore = start > 0;
        return entries;
    }

    /// <summary>Lets go what is too old, by the monotonic clock.</summary>
    public void Trim(long now)
    {
        messages.TrimOlder(now - Ticks(retention.Age));
        // Where keys find no place any more, removals give theirs.
        keys?.TrimOlder(budget.HasPlaceForKeys(0) ? now - Ticks(retention.Age) : now);
        ids?.TrimOlder(now - Ticks(IdWindow.Lifetime));
    }

    /// <summary>Lets the older half of the messages and ids go, as all logs together are too much.</summary>
    public void Halve()
    {
        messages.Halve();
        ids?.Halve();
    }

    /// <summary>Lets all go.</summary>
    public void Close()
    {
        messages.Clear(Last);
        keys?.Clear();
        ids?.Clear();
    }

    private long OffsetBeforeIndex(int index) => index == messages.Count ? Last : messages.OffsetAt(index) - 1;

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private static string NewEpoch()
    {
        Span<byte> random = stackalloc byte[EpochBytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
