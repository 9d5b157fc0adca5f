using System.Buffers;

namespace Kodama;

/// <summary>A peer's bounded queue of encoded frames. Any thread puts in; one at a time, the peer's connection takes out.</summary>
/// <remarks>
/// Adjacent frames of one chunk are held as one run: fifty messages that one read brought in cost one entry and leave in one send. Once a
/// send had to wait (<see cref="Blocked"/>), small frames are copied into memory of the peer's own, so that a peer that stopped reading
/// keeps none of the chunks alive that the others share.
/// </remarks>
public sealed class Outbox
{
    private const int OwnChunkSize = 16 * 1024;

    /// <summary>
    /// Bytes that wait while the next page, or answer, is made for a peer: its connection does not run dry meanwhile.
    /// </summary>
    public const int LowWater = 64 * 1024;

    private readonly OutboxOptions options;
    private readonly OutboxBudget budget;
    private readonly Lock gate = new();

    // The runs: the first in a field, as most outboxes never hold a second; the rest in a rented ring.
    private Run head;
    private Run[]? ring;
    private int ringStart;
    private int ringCount;
    private int droppableBytes;
    private int droppableFrames;

    private FrameChunk? own;
    private int ownUsed;
    private int bytes;
    private int frames;
    private bool awake;
    private bool inFlight;
    private int peekedLength;
    private int peekedFrames;
    private bool partlySent;
    private bool blocked;
    private bool overflowed;
    private bool drainWanted;
    private bool complete;
    private bool closed;
    private long enqueued;
    private long dropped;

    /// <summary>An empty outbox.</summary>
    public Outbox(OutboxOptions options)
        : this(options, new OutboxBudget(options.MaxTotalBytes))
    {
    }

    internal Outbox(OutboxOptions options, OutboxBudget budget)
    {
        this.options = options;
        this.budget = budget;
    }

    /// <summary>Told, on the thread that sends, when it has drained for a peer that is behind.</summary>
    internal Action? Drained { get; init; }

    /// <summary>Bytes that wait.</summary>
    public int QueuedBytes { get { lock (gate) return bytes; } }

    /// <summary>Frames that wait. Those of a piece that is partly sent count until all of it is.</summary>
    internal int QueuedFrames { get { lock (gate) return frames; } }

    /// <summary>Whether half of what it holds waits, or more.</summary>
    public bool IsHalfFull { get { lock (gate) return bytes > options.MaxBytes / 2 || frames > options.MaxFrames / 2; } }

    /// <summary>Frames taken in since the start.</summary>
    public long Enqueued => Volatile.Read(ref enqueued);

    /// <summary>Frames lost to <see cref="SlowPeerPolicy.DropOldest"/> since the start.</summary>
    public long Dropped => Volatile.Read(ref dropped);

    /// <summary>Puts a frame in, and never waits. Once it has answered <see cref="EnqueueResult.Full"/> it takes no more: the peer gets no
    /// message behind a gap.</summary>
    public EnqueueResult TryEnqueue(in Frame frame, SlowPeerPolicy policy)
    {
        lock (gate)
        {
            if (closed || complete) return EnqueueResult.Closed;
            if (overflowed) return EnqueueResult.Full;
            if (!Fits(frame.Length) && !DropUntilFits_NeedsLock(frame.Length)) return Refuse_NeedsLock(policy);
            var droppable = policy == SlowPeerPolicy.DropOldest;
            if (blocked && frame.Length <= Frame.LargestShared)
            {
                var taken = TryAppendCopy_NeedsLock(frame.Span, droppable) || (droppable && TryReplaceOldest_NeedsLock(frame));
                if (!taken) return Refuse_NeedsLock(policy);
            }
            else Append_NeedsLock(frame.Chunk!, frame.Offset, frame.Length, droppable);
            return Enqueued_NeedsLock();
        }
    }

    /// <summary>
    /// For doors: takes memory for a frame that this peer alone gets, an answer of the door's own. False, when all outboxes together hold
    /// as much as they may (<see cref="OutboxOptions.MaxTotalBytes"/>).
    /// </summary>
    public bool TryRent(int length, out Frame frame) => Frame.TryRent(length, budget, out frame);

    /// <summary>
    /// For doors: puts an answer in, and never waits. However large it is, it is taken where no more than <see cref="LowWater"/> waits: a
    /// door that waits for that before it answers never finds its peer too slow.
    /// </summary>
    public EnqueueResult TryAnswer(in Frame frame)
    {
        lock (gate)
        {
            if (closed || complete) return EnqueueResult.Closed;
            if (overflowed) return EnqueueResult.Full;
            if (bytes > LowWater && !Fits(frame.Length)) return Refuse_NeedsLock(SlowPeerPolicy.Disconnect);
            if (blocked && frame.Length <= Frame.LargestShared)
            {
                if (!TryAppendCopy_NeedsLock(frame.Span, droppable: false)) return Refuse_NeedsLock(SlowPeerPolicy.Disconnect);
            }
            else Append_NeedsLock(frame.Chunk!, frame.Offset, frame.Length, droppable: false);
            return Enqueued_NeedsLock();
        }
    }

    /// <summary>
    /// Puts a frame in, unless more waits than this, or than the outbox holds: then it answers <see cref="EnqueueResult.Behind"/>, loses
    /// nothing that waits, and tells <see cref="Drained"/> once.
    /// </summary>
    internal EnqueueResult TryEnqueueOrFallBehind(in Frame frame, int maxFrames, int maxBytes)
    {
        lock (gate)
        {
            if (closed || complete) return EnqueueResult.Closed;
            if (overflowed) return EnqueueResult.Full;
            var isTooMuch = bytes > 0 && (frames >= maxFrames || bytes + (long)frame.Length > maxBytes);
            if (isTooMuch || !Fits(frame.Length)) return FallBehind_NeedsLock();
            // Where nothing waits, nobody would tell that it has drained.
            if (blocked && bytes > 0 && frame.Length <= Frame.LargestShared)
            {
                if (!TryAppendCopy_NeedsLock(frame.Span, droppable: false)) return FallBehind_NeedsLock();
            }
            else Append_NeedsLock(frame.Chunk!, frame.Offset, frame.Length, droppable: false);
            return Enqueued_NeedsLock();
        }
    }

    /// <summary>Whether more waits than a reader that catches up should be sent at once. If so, <see cref="Drained"/> is told once when it
    /// does not any more.</summary>
    internal bool TryWaitForDrain()
    {
        lock (gate)
        {
            if (closed || bytes <= LowWater) return false;
            drainWanted = true;
            return true;
        }
    }

    /// <summary>
    /// Puts in a copy of a frame that the connection itself has to send, unless there is no room: nothing is dropped for it, and nobody
    /// called too slow. It is no message, and is not counted as one. Whoever puts it in flushes.
    /// </summary>
    /// <remarks>In memory of the peer's own: between two messages of a chunk that others share, it would part them for all.</remarks>
    public bool TryAppend(ReadOnlySpan<byte> frame)
    {
        lock (gate)
        {
            return !closed && !complete && !overflowed && Fits(frame.Length) && TryAppendCopy_NeedsLock(frame, droppable: false);
        }
    }

    /// <summary>The next bytes to send, whole frames only; empty, when there is nothing: the next frame that comes then answers <see
    /// cref="EnqueueResult.QueuedFirst"/>.</summary>
    /// <remarks>Taken out with <see cref="Advance"/>; until then they stay valid and are not dropped.</remarks>
    public ReadOnlyMemory<byte> Peek()
    {
        lock (gate)
        {
            if (closed || head.Chunk is null)
            {
                awake = false;
                blocked = false;
                own?.Release();
                own = null;
                return default;
            }
            inFlight = true;
            peekedLength = head.Length;
            peekedFrames = head.Frames;
            return head.Chunk.Bytes.AsMemory(head.Offset, head.Length);
        }
    }

    /// <summary>Says that so many bytes of what <see cref="Peek"/> answered have been sent.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than nothing, or more than <see cref="Peek"/> answered.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (TakeOut(count)) Drained?.Invoke();
    }

    /// <summary>True, when somebody waited for what is left to be little.</summary>
    private bool TakeOut(int count)
    {
        lock (gate)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, inFlight ? peekedLength : 0);
            inFlight = false;
            if (closed)
            {
                RemoveHead_NeedsLock();
                return false;
            }
            bytes -= count;
            var isDrained = drainWanted && bytes <= LowWater;
            if (isDrained) drainWanted = false;
            if (count == head.Length)
            {
                frames -= head.Frames;
                RemoveHead_NeedsLock();
                return isDrained;
            }
            // More may have come to the run since the peek. What was seen then is sent whole, or the run takes no more until it is.
            partlySent = count < peekedLength;
            if (!partlySent)
            {
                frames -= peekedFrames;
                head.Frames -= peekedFrames;
            }
            head.Offset += count;
            head.Length -= count;
            return isDrained;
        }
    }

    /// <summary>Says that the transport takes no more for now: what comes until it has drained is copied.</summary>
    public void Blocked()
    {
        lock (gate) blocked = true;
    }

    /// <summary>Takes nothing more; what waits can be taken out still.</summary>
    public void Complete()
    {
        lock (gate) complete = true;
    }

    /// <summary>Lets everything go but bytes in flight, which stay valid until <see cref="Advance"/>; takes nothing more.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (closed) return;
            closed = true;
            while (ringCount > 0)
            {
                var run = At(0);
                RemoveFirst_NeedsLock(run);
                run.Chunk!.Release();
            }
            own?.Release();
            own = null;
            bytes = 0;
            frames = 0;
            if (!inFlight) RemoveHead_NeedsLock();
        }
    }

    private EnqueueResult Enqueued_NeedsLock()
    {
        enqueued++;
        if (awake) return EnqueueResult.Queued;
        awake = true;
        return EnqueueResult.QueuedFirst;
    }

    private EnqueueResult FallBehind_NeedsLock()
    {
        drainWanted = true;
        return EnqueueResult.Behind;
    }

    private bool Fits(int length) => bytes == 0 || (frames < options.MaxFrames && bytes + (long)length <= options.MaxBytes);

    /// <summary>Drops the oldest frames that may be dropped, but for the head, which may be partly sent; none, if all of them were not
    /// enough.</summary>
    private bool DropUntilFits_NeedsLock(int length)
    {
        if (frames - droppableFrames >= options.MaxFrames || bytes - droppableBytes + (long)length > options.MaxBytes) return false;
        while (!Fits(length)) DropOldest_NeedsLock().Chunk!.Release();
        return true;
    }

    /// <summary>Takes the oldest out that may be dropped, of which there is one. Whoever calls releases its memory.</summary>
    private Run DropOldest_NeedsLock()
    {
        // Where all may be dropped, as is usual, this takes the first and moves nothing.
        var index = 0;
        while (!At(index).Droppable) index++;
        var oldest = At(index);
        bytes -= oldest.Length;
        frames -= oldest.Frames;
        CountDropped_NeedsLock(oldest.Frames);
        for (var i = index; i > 0; i--) At(i) = At(i - 1);
        RemoveFirst_NeedsLock(oldest);
        return oldest;
    }

    private ref Run At(int index) => ref ring![(ringStart + index) % ring.Length];

    private EnqueueResult Refuse_NeedsLock(SlowPeerPolicy policy)
    {
        if (policy == SlowPeerPolicy.Disconnect)
        {
            overflowed = true;
            return EnqueueResult.Full;
        }
        CountDropped_NeedsLock(1);
        return EnqueueResult.Dropped;
    }

    private void CountDropped_NeedsLock(int count)
    {
        dropped += count;
        budget.CountDropped(count);
    }

    /// <summary>False, when all outboxes together hold as many copies as they may.</summary>
    private bool TryAppendCopy_NeedsLock(ReadOnlySpan<byte> frame, bool droppable)
    {
        if (own is null || ownUsed + frame.Length > OwnChunkSize)
        {
            if (!budget.TryTake(OwnChunkSize)) return false;
            own?.Release();
            own = FrameChunk.Rent(OwnChunkSize, budget);
            ownUsed = 0;
        }
        frame.CopyTo(own.Bytes.AsSpan(ownUsed));
        Append_NeedsLock(own, ownUsed, frame.Length, droppable);
        ownUsed += frame.Length;
        return true;
    }

    /// <summary>
    /// Takes a frame although there is no memory for copies: in the place of the oldest copy that is large enough, or, where the oldest is
    /// no copy, like it. The peer then holds no more than before.
    /// </summary>
    private bool TryReplaceOldest_NeedsLock(in Frame frame)
    {
        // Too full for this frame; and what was copied to it counts as long as it is held.
        own?.Release();
        own = null;
        while (droppableFrames > 0)
        {
            var oldest = DropOldest_NeedsLock();
            var chunk = oldest.Chunk!;
            var isCopy = chunk.IsOfBudget;
            var fits = isCopy && oldest.Length >= frame.Length;
            if (fits)
            {
                frame.Span.CopyTo(chunk.Bytes.AsSpan(oldest.Offset));
                Append_NeedsLock(chunk, oldest.Offset, frame.Length, droppable: true);
            }
            else if (!isCopy)
            {
                Append_NeedsLock(frame.Chunk!, frame.Offset, frame.Length, droppable: true);
            }
            chunk.Release();
            if (fits || !isCopy || TryAppendCopy_NeedsLock(frame.Span, droppable: true)) return true;
        }
        return false;
    }

    private void Append_NeedsLock(FrameChunk chunk, int offset, int length, bool droppable)
    {
        bytes += length;
        frames++;
        ref var last = ref (ringCount > 0 ? ref At(ringCount - 1) : ref head);
        // Frames that may be dropped one by one stay apart.
        if (last.Chunk == chunk && last.Offset + last.Length == offset && !droppable && !last.Droppable && (ringCount > 0 || !partlySent))
        {
            last.Length += length;
            last.Frames++;
            return;
        }
        chunk.AddReference();
        var run = new Run { Chunk = chunk, Offset = offset, Length = length, Frames = 1, Droppable = droppable };
        if (head.Chunk is null) head = run;
        else AddToRing_NeedsLock(run);
    }

    private void AddToRing_NeedsLock(in Run run)
    {
        ring ??= ArrayPool<Run>.Shared.Rent(16);
        if (ringCount == ring.Length)
        {
            var larger = ArrayPool<Run>.Shared.Rent(ring.Length * 2);
            for (var i = 0; i < ringCount; i++) larger[i] = At(i);
            ArrayPool<Run>.Shared.Return(ring, clearArray: true);
            ring = larger;
            ringStart = 0;
        }
        At(ringCount++) = run;
        if (!run.Droppable) return;
        droppableBytes += run.Length;
        droppableFrames += run.Frames;
    }

    private void RemoveHead_NeedsLock()
    {
        head.Chunk?.Release();
        head = default;
        partlySent = false;
        if (ringCount == 0) return;
        head = At(0);
        RemoveFirst_NeedsLock(head);
    }

    /// <summary>Takes the ring's first entry out; <paramref name="run"/> is what it, or what was shifted over it, held.</summary>
    private void RemoveFirst_NeedsLock(in Run run)
    {
        if (run.Droppable)
        {
            droppableBytes -= run.Length;
            droppableFrames -= run.Frames;
        }
        At(0) = default;
        ringStart = (ringStart + 1) % ring!.Length;
        if (--ringCount == 0) ReturnRing_NeedsLock();
    }

    private void ReturnRing_NeedsLock()
    {
        ArrayPool<Run>.Shared.Return(ring!);
        ring = null;
        ringStart = 0;
    }

    private struct Run
    {
        public FrameChunk? Chunk;
        public int Offset;
        public int Length;
        public int Frames;
        public bool Droppable;
    }
}
