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

    /// <summary>Copies a frame of at most <see cref="Frame.LargestShared"/> bytes; false, when all outboxes together hold as many copies as
    /// they may.</summary>
    public bool TryCopy(ReadOnlySpan<byte> frame, OutboxBudget budget, out FrameChunk copy, out int offset)
    {
        (copy, offset) = (chunk!, used);
        if (chunk is null || used + frame.Length > Size)
        {
            if (!budget.TryTake(Size)) return false;
            chunk?.Release();
            (chunk, used) = (FrameChunk.Rent(Size, budget), 0);
            (copy, offset) = (chunk, 0);
        }
        frame.CopyTo(chunk.Bytes.AsSpan(used));
        used += frame.Length;
        return true;
    }

    /// <summary>Lets it go; what was copied lives on with the runs that hold it.</summary>
    public void Release()
    {
        chunk?.Release();
        chunk = null;
    }
}
