using System.Buffers;

namespace Kodama;

/// <summary>The runs that wait in an outbox, each with a reference to its chunk. Guarded by the outbox's lock.</summary>
internal struct FrameRuns
{
    private const int LeastRing = 16;

    /// <summary>The next to be sent, if there is any: in a field, as most outboxes never hold a second.</summary>
    public FrameRun Head;

    // Those behind it, in a rented array while there are some.
    private FrameRun[]? ring;
    private int start;
    private int count;

    public readonly bool IsEmpty => Head.Chunk is null;

    /// <summary>Bytes behind the head that may be dropped.</summary>
    public int DroppableBytes { get; private set; }

    public int DroppableFrames { get; private set; }

    /// <summary>Puts a frame in, as part of the last run where it lies behind that.</summary>
    public void Append(FrameChunk chunk, int offset, int length, bool droppable)
    {
        ref var last = ref (count > 0 ? ref At(count - 1) : ref Head);
        // Frames that may be dropped one by one stay apart.
        if (last.Chunk == chunk && last.Offset + last.Length == offset && !droppable && !last.Droppable && !last.IsPartlySent)
        {
            last.Length += length;
            last.Frames++;
            return;
        }
        chunk.AddReference();
        var run = new FrameRun { Chunk = chunk, Offset = offset, Length = length, Frames = 1, Droppable = droppable };
        if (IsEmpty) Head = run;
        else AddToRing(run);
    }

    /// <summary>Lets the head go; the next is the head.</summary>
    public void RemoveHead()
    {
        Head.Chunk?.Release();
        Head = default;
        if (count == 0) return;
        Head = At(0);
        RemoveFirst(Head);
    }

    /// <summary>Takes the oldest out that may be dropped, of which there is one behind the head. Whoever calls releases its
    /// memory.</summary>
    public FrameRun TakeOldestDroppable()
    {
        // Where all may be dropped, as is usual, this takes the first and moves nothing.
        var index = 0;
        while (!At(index).Droppable) index++;
        var oldest = At(index);
        for (var i = index; i > 0; i--) At(i) = At(i - 1);
        RemoveFirst(oldest);
        return oldest;
    }

    /// <summary>Lets all go but the head.</summary>
    public void ClearBehindHead()
    {
        while (count > 0)
        {
            var run = At(0);
            RemoveFirst(run);
            run.Chunk!.Release();
        }
    }

    private readonly ref FrameRun At(int index) => ref ring![(start + index) % ring.Length];

    private void AddToRing(in FrameRun run)
    {
        ring ??= ArrayPool<FrameRun>.Shared.Rent(LeastRing);
        if (count == ring.Length)
        {
            var larger = ArrayPool<FrameRun>.Shared.Rent(ring.Length * 2);
            for (var i = 0; i < count; i++) larger[i] = At(i);
            ArrayPool<FrameRun>.Shared.Return(ring, clearArray: true);
            ring = larger;
            start = 0;
        }
        At(count++) = run;
        if (run.Droppable) CountDroppable(run, 1);
    }

    /// <summary>Takes the ring's first entry out; <paramref name="run"/> is what it, or what was shifted over it, held.</summary>
    private void RemoveFirst(in FrameRun run)
    {
        if (run.Droppable) CountDroppable(run, -1);
        At(0) = default;
        start = (start + 1) % ring!.Length;
        if (--count > 0) return;
        ArrayPool<FrameRun>.Shared.Return(ring);
        ring = null;
        start = 0;
    }

    private void CountDroppable(in FrameRun run, int sign)
    {
        DroppableBytes += sign * run.Length;
        DroppableFrames += sign * run.Frames;
    }
}
