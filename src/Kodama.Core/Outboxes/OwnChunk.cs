namespace Kodama;

/// <summary>
/// Memory of a peer's own, into which small frames are copied that would keep chunks alive which others share. Counted by a budget.
/// Guarded by the outbox's lock.
/// </summary>
internal struct OwnChunk
{
    private const int Size = 16 * 1024;

    private FrameChunk? chunk;
    private int used;
    private bool holdsOlder;

    /// <summary>Copies a frame of at most <see cref="Frame.LargestShared"/> bytes; false, when all outboxes together hold as many copies as
    /// they may.</summary>
    /// <param name="frame">What to copy.</param>
    /// <param name="budget">What memory is taken of.</param>
    /// <param name="replaces">Whether the peer has just let go of a copy for it: it holds no more than before.</param>
    /// <param name="copy">Where it is now.</param>
    /// <param name="offset">And from which byte on.</param>
    public bool TryCopy(ReadOnlySpan<byte> frame, OutboxBudget budget, bool replaces, out FrameChunk copy, out int offset)
    {
        (copy, offset) = (chunk!, used);
        if (chunk is null || used + frame.Length > Size)
        {
            var isMore = !replaces && (holdsOlder || chunk is not null);
            if (!(isMore ? budget.TryTakeMore(Size) : budget.TryTake(Size))) return false;
            Leave();
            (chunk, used) = (FrameChunk.Rent(Size, budget), 0);
            (copy, offset) = (chunk, 0);
        }
        frame.CopyTo(chunk.Bytes.AsSpan(used));
        used += frame.Length;
        return true;
    }

    /// <summary>Lets it go, full; what was copied lives on with the runs that hold it.</summary>
    public void Leave()
    {
        holdsOlder |= chunk is not null;
        chunk?.Release();
        chunk = null;
    }

    /// <summary>Lets it go; nothing that was copied waits any more.</summary>
    public void Release()
    {
        Leave();
        holdsOlder = false;
    }
}
