using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>The newest messages of a room: records in one ring, their bytes in another. Nothing is allocated once both have grown. Guarded
/// by the room's lock.</summary>
internal sealed class MessageRing(LogBudget budget)
{
    // Most rooms of a crowd keep one short message.
    private const int LeastRecords = 1;
    private const int LeastBytes = 64;

    // What an array takes beside its elements.
    private const int ArrayHeader = 24;

    private Record[] records = [];
    private int first;
    private int count;

    // Each message lies in one piece; the place behind the newest, and the oldest one's own start, bound what is free.
    private byte[] bytes = [];
    private int end;
    private long size;
    private long held;

    public int Count => count;

    /// <summary>What it takes in memory: the two rings, and what the records hold beside them.</summary>
    public long Capacity => Rings + held;

    /// <summary>Messages up to this offset are not all there.</summary>
    public long Trimmed { get; private set; }

    public long OffsetAt(int index) => At(index).Offset;

    /// <summary>As <see cref="Entry.Size"/>.</summary>
    public long SizeAt(int index) => At(index).Cost;

    /// <summary>Puts a message that has its place in; lets go what is too much.</summary>
    public void Add(in Message message, IReadOnlySet<string>? except, long stamp, in Retention retention)
    {
        var length = message.Payload.Length;
        var author = message.Author;
        var cost = length + (message.Note?.Bytes.Length ?? 0) + message.Event.Length + (message.Id?.Length ?? 0) + (author?.Size ?? 0);
        if (retention.Messages == 0 || cost > Retention.MostBytes)
        {
            // What was before it is of no use to whoever was away: there would be a hole behind it.
            Clear(message.Offset);
            return;
        }
        while (count > 0 && (count >= retention.Messages || size + cost > retention.Bytes)) RemoveOldest();
        if (count == records.Length) Resize(Math.Max(LeastRecords, Math.Min(records.Length * 2, retention.Messages)), bytes.Length);
        var start = Reserve((int)Math.Max(1, length));
        size += cost;
        // Who says several things one after another is kept once.
        var isSameAuthor = count > 0 && At(count - 1).Author == author;
        ref var record = ref At(count++);
        record.Offset = message.Offset;
        record.Ticks = message.Time.UtcTicks;
        record.Stamp = stamp;
        record.Author = author;
        record.Event = message.Event;
        record.Id = message.Id;
        record.Note = message.Note;
        record.Except = except;
        record.Kind = message.Payload.Kind;
        record.Cost = (int)cost;
        record.Start = start;
        record.Length = message.Payload.Bytes.Length;
        record.Attachments = message.Payload.CopyTo(bytes.AsSpan(start));
        record.Held = Weight.Of(record.Event) + Weight.Of(record.Id) + Weight.Of(except) + Weight.Of(record.Attachments)
            + Weight.Of(record.Note) + (isSameAuthor ? 0 : Weight.Of(author));
        Hold(record.Held);
    }

    /// <summary>Where the first message behind this offset stands; <see cref="Count"/>, where there is none.</summary>
    public int IndexAfter(long offset)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (At(middle).Offset <= offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Where the first message of this time or later stands.</summary>
    public int IndexSince(DateTimeOffset time)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (At(middle).Ticks < time.UtcTicks) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>A copy of one message.</summary>
    public Entry Read(int index)
    {
        ref var record = ref At(index);
        return new Entry
        {
            Author = record.Author,
            Id = record.Id,
            Note = record.Note,
            Event = record.Event,
            Except = record.Except,
            Payload = Payload.CopyOf(record.Kind, bytes.AsSpan(record.Start), record.Length, record.Attachments),
        }.Place(record.Offset, new DateTimeOffset(record.Ticks, TimeSpan.Zero));
    }

    /// <summary>Lets those go that came before this moment of the monotonic clock.</summary>
    public void TrimOlder(long stamp)
    {
        while (count > 0 && At(0).Stamp < stamp) RemoveOldest();
        if (count == 0) Clear(Trimmed);
    }

    /// <summary>Lets the older half go, and the memory with it.</summary>
    public void Halve()
    {
        for (var left = count / 2; count > left;) RemoveOldest();
        if (count == 0) Clear(Trimmed);
        else Resize(count, Math.Max(LeastBytes, (int)Math.Min(size, int.MaxValue)));
    }

    /// <summary>Lets all go: messages up to this offset are not there.</summary>
    public void Clear(long trimmed)
    {
        Trimmed = trimmed;
        budget.Add(-Capacity);
        (records, first, count) = ([], 0, 0);
        (bytes, end, size, held) = ([], 0, 0, 0);
    }

    private long Rings =>
        records.Length == 0 ? 0 : (2 * ArrayHeader) + ((long)records.Length * Unsafe.SizeOf<Record>()) + bytes.Length;

    private void Hold(int change)
    {
        held += change;
        budget.Add(change);
    }

    private ref Record At(int index)
    {
        var place = first + index;
        return ref records[place < records.Length ? place : place - records.Length];
    }

    private void RemoveOldest()
    {
        ref var oldest = ref At(0);
        Trimmed = oldest.Offset;
        size -= oldest.Cost;
        var left = oldest.Held;
        if (count > 1 && oldest.Author is { } author && At(1).Author == author)
        {
            // It was counted there, and is held by the next from now on.
            At(1).Held += Weight.Of(author);
            left -= Weight.Of(author);
        }
        Hold(-left);
        oldest = default;
        first = first + 1 == records.Length ? 0 : first + 1;
        count--;
    }

    /// <summary>Room for so many bytes in one piece behind the newest message.</summary>
    private int Reserve(int length)
    {
        if (TryReserve(length, out var start)) return start;
        var capacity = Math.Max(LeastBytes / 2, bytes.Length);
        do
        {
            capacity *= 2;
            Resize(records.Length, capacity);
        }
        while (!TryReserve(length, out start));
        return start;
    }

    private bool TryReserve(int length, out int start)
    {
        var oldest = count == 0 ? 0 : At(0).Start;
        if (count == 0) end = 0;
        start = end;
        if (count == 0 || end > oldest)
        {
            // Free to the end, and again before the oldest.
            if (bytes.Length - end < length)
            {
                start = 0;
                if (oldest < length) return false;
            }
        }
        else if (oldest - end < length)
        {
            return false;
        }
        end = start + length;
        return true;
    }

    private void Resize(int recordCapacity, int byteCapacity)
    {
        var before = Rings;
        var (newRecords, newBytes, place) = (new Record[recordCapacity], GC.AllocateUninitializedArray<byte>(byteCapacity), 0);
        for (var i = 0; i < count; i++)
        {
            var record = At(i);
            var length = record.Bytes;
            bytes.AsSpan(record.Start, length).CopyTo(newBytes.AsSpan(place));
            record.Start = place;
            newRecords[i] = record;
            place += Math.Max(1, length);
        }
        (records, first, bytes, end) = (newRecords, 0, newBytes, place);
        budget.Add(Rings - before);
    }

    private struct Record
    {
        public long Offset;
        public long Ticks;
        public long Stamp;
        public Author? Author;
        public string Event;
        public string? Id;
        public Note? Note;
        public IReadOnlySet<string>? Except;

        /// <summary>Lengths of the attachments, which lie behind the payload; null for none.</summary>
        public int[]? Attachments;
        public int Start;
        public int Length;
        public int Cost;

        /// <summary>What it holds in memory beside the rings.</summary>
        public int Held;
        public PayloadKind Kind;

        public readonly int Bytes => Length + (Attachments?.Sum() ?? 0);
    }
}
