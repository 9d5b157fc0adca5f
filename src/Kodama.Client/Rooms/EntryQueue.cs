using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Kodama.Client.Rooms;

/// <summary>The entries of a room that wait to be read. One writer, one reader at a time; what is dropped is told in its place.</summary>
/// <param name="capacity">Most entries that wait.</param>
/// <param name="mode">What happens to one more.</param>
/// <param name="drained">Half of it has been read, after one had found no room.</param>
internal sealed class EntryQueue(int capacity, FullMode mode, Action drained)
{
    private const int MostAbout = 64;

    private readonly Lock gate = new();
    private readonly Queue<RoomEntry> entries = [];

    // Costs nothing for each time that the reader waits, of which there are many.
    private readonly Channel<bool> more = Channel.CreateBounded<bool>(1);
    private bool isWaiting;
    private RoomPosition? read;
    private RoomPosition? written;
    private RoomGap? droppedFirst;
    private RoomGap? droppedLast;
    private long dropped;
    private bool isFull;
    private bool isReading;
    private bool wasRead;
    private bool isComplete;
    private Exception? end;

    public enum Outcome
    {
        /// <summary>It waits, or it was dropped and that is told.</summary>
        Taken,

        /// <summary>There is no room: it is to come again when <c>drained</c> is called.</summary>
        Full,

        /// <summary>There is no room, and that is to end the room.</summary>
        Over,
    }

    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Everything up to here is known without having been told.</summary>
    public void Begin(RoomPosition position)
    {
        lock (gate)
        {
            read ??= position;
            written ??= position;
        }
    }

    public Outcome Add(RoomEntry entry)
    {
        lock (gate)
        {
            if (isComplete) return Outcome.Taken;
            if (entries.Count >= capacity)
            {
                switch (wasRead || mode != FullMode.Wait ? mode : FullMode.DropOldest)
                {
                    case FullMode.Wait:
                        isFull = true;
                        return Outcome.Full;
                    case FullMode.Disconnect:
                        return Outcome.Over;
                    case FullMode.DropNewest:
                        DropNewest_NeedsLock(entry);
                        return Outcome.Taken;
                    default:
                        while (entries.Count >= capacity) DropOldest_NeedsLock();
                        break;
                }
            }
            Put_NeedsLock(entry);
            return Outcome.Taken;
        }
    }

    /// <summary>What is said about the stream itself finds room beyond the capacity: there is little of it.</summary>
    public void AddAlways(RoomEntry entry)
    {
        lock (gate)
        {
            if (isComplete) return;
            // Unless nobody reads for many reconnects.
            if (entries.Count >= capacity + MostAbout) DropOldest_NeedsLock();
            Put_NeedsLock(entry);
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete(Exception? cause)
    {
        lock (gate)
        {
            if (isComplete) return;
            isComplete = true;
            end = cause;
            Wake_NeedsLock();
        }
    }

    public async IAsyncEnumerable<RoomEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (isReading) throw new InvalidOperationException("The entries of this room are being read already: one reader at a time.");
            isReading = wasRead = true;
        }
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (entry, isDrained, isOver) = Next();
                if (isDrained) drained();
                if (entry is not null) yield return entry;
                else if (isOver) break;
                else await more.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            if (end is not null) throw end;
        }
        finally
        {
            lock (gate) isReading = false;
        }
    }

    private (RoomEntry? Entry, bool IsDrained, bool IsOver) Next()
    {
        lock (gate)
        {
            var entry = Take_NeedsLock();
            if (entry is null)
            {
                isWaiting = !isComplete;
                return (null, false, isComplete);
            }
            read = entry.Position;
            var isDrained = isFull && entries.Count <= capacity / 2;
            if (isDrained) isFull = false;
            return (entry, isDrained, false);
        }
    }

    private RoomEntry? Take_NeedsLock()
    {
        if (droppedFirst is { } first)
        {
            droppedFirst = null;
            return first;
        }
        if (entries.TryDequeue(out var entry)) return entry;
        var last = droppedLast;
        droppedLast = null;
        return last;
    }

    private void Put_NeedsLock(RoomEntry entry)
    {
        if (droppedLast is { } last)
        {
            entries.Enqueue(last);
            droppedLast = null;
        }
        entries.Enqueue(entry);
        written = entry.Position;
        Wake_NeedsLock();
    }

    private void DropNewest_NeedsLock(RoomEntry entry)
    {
        Interlocked.Increment(ref dropped);
        if (IsBeyond(entry, written))
            droppedLast = new RoomGap(droppedLast?.From ?? written ?? entry.Position, entry.Position, isOurs: true);
        written = entry.Position;
    }

    private void DropOldest_NeedsLock()
    {
        var oldest = entries.Dequeue();
        Interlocked.Increment(ref dropped);
        if (IsBeyond(oldest, read))
            droppedFirst = new RoomGap(droppedFirst?.From ?? read ?? oldest.Position, oldest.Position, isOurs: true);
        read = oldest.Position;
    }

    private void Wake_NeedsLock()
    {
        if (!isWaiting) return;
        isWaiting = false;
        more.Writer.TryWrite(true);
    }

    // What was transient is missed by nobody, and neither is a word about the stream, but for lists.
    private static bool IsBeyond(RoomEntry entry, RoomPosition? known) => entry.Position != known || entry is ListsReplaced;
}
