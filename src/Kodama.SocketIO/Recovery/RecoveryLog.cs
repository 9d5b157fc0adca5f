namespace Kodama.SocketIO;

/// <summary>
/// The events of a namespace that someone who is away may have missed, as they were sent: in segments, of which the oldest goes when it is
/// too old or the server keeps too much. Guarded by the lock of its group.
/// </summary>
internal sealed class RecoveryLog(TimeSpan retention, long maxBytes, SharedBudget budget)
{
    /// <summary>Segments that a log has at most: four for the time and eight for the bytes, and those of them that are not full.</summary>
    public const int MaxSegments = 16;

    private const int SegmentsByTime = 4;
    private const int SegmentsByBytes = 8;

    private readonly List<Segment> segments = [];

    private bool isClosed;

    /// <summary>The number of the segment that is written now.</summary>
    public long Generation { get; private set; }

    /// <summary>The first segment that is still there; the next one, if none is.</summary>
    public long FirstGeneration => Generation - segments.Count + 1;

    /// <summary>The last event that is no longer there; 0 for none.</summary>
    public long Trimmed { get; private set; }

    /// <summary>What the events take, with whom they were for.</summary>
    public long Bytes
    {
        get;
        private set
        {
            budget.Change(field, value);
            field = value;
        }
    }

    public void Add(in RecoveryEntry entry, ReadOnlySpan<byte> frame, TimeSpan now)
    {
        if (isClosed)
        {
            Trimmed = entry.Number;
            return;
        }
        if (segments.Count == 0 || segments[^1].Bytes >= maxBytes / SegmentsByBytes
            || now - segments[^1].Started > retention / SegmentsByTime)
        {
            Begin(now);
        }
        var segment = segments[^1];
        Bytes += segment.Add(entry, frame);
        segment.Ended = now;
        Trim(now);
    }

    /// <summary>Lets the segments go that are too old, or too much.</summary>
    public void Trim(TimeSpan now)
    {
        while (segments.Count > 0 && (now - segments[0].Ended > retention || budget.IsTooMuch(Bytes) || segments.Count > MaxSegments))
            RemoveFirst();
    }

    /// <summary>Lets everything go, and keeps nothing more.</summary>
    public void Close()
    {
        isClosed = true;
        while (segments.Count > 0) RemoveFirst();
    }

    /// <summary>All events after this one, in order, with the number of their segment.</summary>
    public IEnumerable<(RecoveryEntry Entry, long Generation, ReadOnlyMemory<byte> Frame)> After(long number)
    {
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Entries[^1].Number <= number) continue;
            foreach (var entry in segments[i].Entries)
            {
                if (entry.Number > number) yield return (entry, FirstGeneration + i, segments[i].FrameOf(entry));
            }
        }
    }

    private void RemoveFirst()
    {
        Trimmed = segments[0].Entries[^1].Number;
        Bytes -= segments[0].Bytes;
        segments.RemoveAt(0);
    }

    private void Begin(TimeSpan now)
    {
        Generation++;
        segments.Add(new Segment(now));
    }

    private sealed class Segment(TimeSpan started)
    {
        private byte[] bytes = new byte[4096];
        private int used;

        public TimeSpan Started { get; } = started;

        public TimeSpan Ended { get; set; } = started;

        public long Bytes { get; private set; }

        public List<RecoveryEntry> Entries { get; } = [];

        public long Add(in RecoveryEntry entry, ReadOnlySpan<byte> frame)
        {
            if (bytes.Length - used < frame.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, used + frame.Length));
            frame.CopyTo(bytes.AsSpan(used));
            Entries.Add(entry with { Start = used, Length = frame.Length });
            used += frame.Length;
            var cost = frame.Length + entry.Cost;
            Bytes += cost;
            return cost;
        }

        public ReadOnlyMemory<byte> FrameOf(in RecoveryEntry entry) => bytes.AsMemory(entry.Start, entry.Length);
    }
}
