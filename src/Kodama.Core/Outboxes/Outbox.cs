namespace Kodama;

/// <summary>A peer's bounded queue of encoded frames. Any thread puts in; one at a time, the peer's connection takes out.</summary>
/// <remarks>
/// Adjacent frames of one chunk are held as one run: fifty messages that one read brought in cost one entry and leave in one send. Once a
/// send had to wait (<see cref="Blocked"/>), small frames are copied into memory of the peer's own, so that a peer that stopped reading
/// keeps none of the chunks alive that the others share.
/// </remarks>
public sealed class Outbox
{
    /// <summary>
    /// Bytes that wait while the next page, or answer, is made for a peer: its connection does not run dry meanwhile.
    /// </summary>
    public const int LowWater = 64 * 1024;

    private readonly OutboxOptions options;
    private readonly OutboxBudget budget;
    private readonly Lock gate = new();

    // Neither is readonly: they are structs that change.
    private FrameRuns runs;
    private OwnChunk own;
    private int bytes;
    private int frames;
    private bool awake;
    private bool inFlight;
    private int peekedLength;
    private int peekedFrames;
    private bool blocked;
    private bool drainWanted;
    private Intake intake;
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

    /// <summary>Catches up, on the thread that sends, when what waits has drained and it is behind.</summary>
    internal Peer? Owner { get; init; }

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
            if (intake != Intake.Open) return Refusal_NeedsLock;
            if (!Fits(frame.Length) && !DropUntilFits_NeedsLock(frame.Length)) return Refuse_NeedsLock(policy);
            var droppable = policy == SlowPeerPolicy.DropOldest;
            var taken = TryAppend_NeedsLock(frame, droppable, copies: blocked) || (droppable && TryReplaceOldest_NeedsLock(frame));
            return taken ? Enqueued_NeedsLock() : Refuse_NeedsLock(policy);
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
            if (intake != Intake.Open) return Refusal_NeedsLock;
            if (bytes > LowWater && !Fits(frame.Length)) return Refuse_NeedsLock(SlowPeerPolicy.Disconnect);
            return TryAppend_NeedsLock(frame, droppable: false, copies: blocked)
                ? Enqueued_NeedsLock()
                : Refuse_NeedsLock(SlowPeerPolicy.Disconnect);
        }
    }

    /// <summary>For doors whose senders wait: puts a frame in, unless so many bytes would wait then, or more than the outbox holds: it
    /// answers <see cref="EnqueueResult.Behind"/>, and may be tried again when something was taken out. Where nothing waits it is
    /// taken.</summary>
    public EnqueueResult TryEnqueueUpTo(in Frame frame, int maxBytes)
    {
        lock (gate)
        {
            if (intake != Intake.Open) return Refusal_NeedsLock;
            if (bytes > 0 && (bytes + (long)frame.Length > maxBytes || !Fits(frame.Length))) return EnqueueResult.Behind;
            // Where nothing waits, nothing would be taken out.
            var taken = TryAppend_NeedsLock(frame, droppable: false, copies: blocked && bytes > 0);
            return taken ? Enqueued_NeedsLock() : EnqueueResult.Behind;
        }
    }

    /// <summary>
    /// Puts a frame in, unless the outbox is full: then it answers <see cref="EnqueueResult.Behind"/>, loses nothing that waits, and tells
    /// its <see cref="Owner"/> once when it has drained.
    /// </summary>
    /// <param name="frame">What to put in.</param>
    /// <param name="leavesRoom">Whether a quarter is all that it may take: the rest is for what cannot be read again, such as answers and
    /// direct messages.</param>
    internal EnqueueResult TryEnqueueOrFallBehind(in Frame frame, bool leavesRoom)
    {
        lock (gate)
        {
            if (intake != Intake.Open) return Refusal_NeedsLock;
            if (!Fits(frame.Length, leavesRoom ? 4 : 1)) return FallBehind_NeedsLock();
            // Where nothing waits, nobody would tell that it has drained.
            var taken = TryAppend_NeedsLock(frame, droppable: false, copies: blocked && bytes > 0);
            return taken ? Enqueued_NeedsLock() : FallBehind_NeedsLock();
        }
    }

    /// <summary>Whether more waits than a reader that catches up should be sent at once. If so, its <see cref="Owner"/> is told once when
    /// it does not any more.</summary>
    internal bool TryWaitForDrain()
    {
        lock (gate)
        {
            if (intake == Intake.Closed || bytes <= LowWater) return false;
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
            return intake == Intake.Open && Fits(frame.Length) && TryAppendCopy_NeedsLock(frame, droppable: false);
        }
    }

    /// <summary>The next bytes to send, whole frames only; empty, when there is nothing: the next frame that comes then answers <see
    /// cref="EnqueueResult.QueuedFirst"/>.</summary>
    /// <remarks>Taken out with <see cref="Advance"/>; until then they stay valid and are not dropped.</remarks>
    public ReadOnlyMemory<byte> Peek()
    {
        lock (gate)
        {
            ref readonly var head = ref runs.Head;
            if (intake == Intake.Closed || head.Chunk is null)
            {
                awake = false;
                blocked = false;
                own.Release();
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
        if (TakeOut(count)) Owner?.CatchUp();
    }

    /// <summary>True, when somebody waited for what is left to be little.</summary>
    private bool TakeOut(int count)
    {
        lock (gate)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, inFlight ? peekedLength : 0);
            inFlight = false;
            if (intake == Intake.Closed)
            {
                runs.RemoveHead();
                return false;
            }
            ref var head = ref runs.Head;
            bytes -= count;
            var isDrained = drainWanted && bytes <= LowWater;
            if (isDrained) drainWanted = false;
            if (count == head.Length)
            {
                frames -= head.Frames;
                runs.RemoveHead();
                return isDrained;
            }
            // More may have come to the run since the peek. What was seen then is sent whole, or the run takes no more until it is.
            head.IsPartlySent = count < peekedLength;
            if (!head.IsPartlySent)
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
        lock (gate) intake = (Intake)Math.Max((int)intake, (int)Intake.Complete);
    }

    /// <summary>Lets everything go but bytes in flight, which stay valid until <see cref="Advance"/>; takes nothing more.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (intake == Intake.Closed) return;
            intake = Intake.Closed;
            runs.ClearBehindHead();
            own.Release();
            bytes = 0;
            frames = 0;
            if (!inFlight) runs.RemoveHead();
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

    private bool Fits(int length, int part = 1) =>
        bytes == 0 || (frames < options.MaxFrames / part && bytes + (long)length <= options.MaxBytes / part);

    /// <summary>Drops the oldest frames that may be dropped, but for the head, which may be partly sent; none, if all of them were not
    /// enough.</summary>
    private bool DropUntilFits_NeedsLock(int length)
    {
        if (frames - runs.DroppableFrames >= options.MaxFrames) return false;
        if (bytes - runs.DroppableBytes + (long)length > options.MaxBytes) return false;
        while (!Fits(length)) DropOldest_NeedsLock().Chunk!.Release();
        return true;
    }

    /// <summary>Takes the oldest out that may be dropped, of which there is one. Whoever calls releases its memory.</summary>
    private FrameRun DropOldest_NeedsLock()
    {
        var oldest = runs.TakeOldestDroppable();
        bytes -= oldest.Length;
        frames -= oldest.Frames;
        CountDropped_NeedsLock(oldest.Frames);
        return oldest;
    }

    private EnqueueResult Refusal_NeedsLock => intake == Intake.Overflowed ? EnqueueResult.Full : EnqueueResult.Closed;

    private EnqueueResult Refuse_NeedsLock(SlowPeerPolicy policy)
    {
        if (policy == SlowPeerPolicy.Disconnect)
        {
            intake = Intake.Overflowed;
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

    /// <summary>Puts a frame in, or a copy of a small one; false, when all outboxes together hold as many copies as they may.</summary>
    private bool TryAppend_NeedsLock(in Frame frame, bool droppable, bool copies)
    {
        if (copies && frame.Length <= Frame.LargestShared) return TryAppendCopy_NeedsLock(frame.Span, droppable);
        Append_NeedsLock(frame.Chunk!, frame.Offset, frame.Length, droppable);
        return true;
    }

    private bool TryAppendCopy_NeedsLock(ReadOnlySpan<byte> frame, bool droppable, bool replaces = false)
    {
        if (!own.TryCopy(frame, budget, replaces, out var copy, out var offset)) return false;
        Append_NeedsLock(copy, offset, frame.Length, droppable);
        return true;
    }

    /// <summary>
    /// Takes a frame although there is no memory for copies: in the place of the oldest copy that is large enough, or, where the oldest is
    /// no copy, like it. The peer then holds no more than before.
    /// </summary>
    private bool TryReplaceOldest_NeedsLock(in Frame frame)
    {
        // Too full for this frame; and what was copied to it counts as long as it is held.
        own.Leave();
        while (runs.DroppableFrames > 0)
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
            if (fits || !isCopy || TryAppendCopy_NeedsLock(frame.Span, droppable: true, replaces: true)) return true;
        }
        return false;
    }

    private void Append_NeedsLock(FrameChunk chunk, int offset, int length, bool droppable)
    {
        bytes += length;
        frames++;
        runs.Append(chunk, offset, length, droppable);
    }

    // Each ends the one before it, and none comes back.
    private enum Intake : byte
    {
        /// <summary>It takes what fits.</summary>
        Open,

        /// <summary>Something did not fit, and its peer is to go.</summary>
        Overflowed,

        /// <summary>It takes nothing more; what waits leaves still.</summary>
        Complete,

        /// <summary>Nothing waits any more.</summary>
        Closed,
    }
}
