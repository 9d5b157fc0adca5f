namespace Kodama;

/// <summary>Memory that frames share. Whoever keeps a part of it holds a reference; the last to let go gives it back.</summary>
internal sealed class FrameChunk
{
    /// <summary>Bytes of a chunk that many frames share: what one read of a busy peer brings in leaves in one piece.</summary>
    public const int SharedSize = 64 * 1024;

    private const int PooledChunks = 128;

    // An array under a lock, taken once for each 64 KiB: a concurrent collection would allocate a node for each chunk that comes back.
    private static readonly FrameChunk?[] Pool = new FrameChunk?[PooledChunks];
    private static readonly Lock PoolGate = new();
    private static int pooled;

    private int references = 1;

    private readonly bool shared;
    private readonly OutboxBudget? budget;
    private readonly int size;

    private FrameChunk(byte[] bytes, bool shared, int size, OutboxBudget? budget = null)
    {
        Bytes = bytes;
        this.shared = shared;
        this.size = size;
        this.budget = budget;
    }

    public byte[] Bytes { get; }

    /// <summary>Whether it holds copies for one peer, which a budget counts.</summary>
    public bool IsOfBudget => budget is not null;

    public int References => Volatile.Read(ref references);

    /// <summary>A chunk of <see cref="SharedSize"/>; the caller holds its one reference.</summary>
    public static FrameChunk RentShared()
    {
        lock (PoolGate)
        {
            if (pooled > 0)
            {
                var chunk = Pool[--pooled]!;
                Pool[pooled] = null;
                chunk.references = 1;
                return chunk;
            }
        }
        return new FrameChunk(GC.AllocateUninitializedArray<byte>(SharedSize, pinned: true), shared: true, SharedSize);
    }

    /// <summary>A chunk for one frame or one peer, at least <paramref name="size"/> bytes, which go back to the budget they were taken
    /// from.</summary>
    public static FrameChunk Rent(int size, OutboxBudget? budget = null) =>
        new(LargeBuffers.Shared.Rent(size), shared: false, size, budget);

    public void AddReference() => Interlocked.Increment(ref references);

    public void Release()
    {
        var left = Interlocked.Decrement(ref references);
        if (left > 0) return;
        if (left < 0) throw new InvalidOperationException("A frame was released more often than it was kept.");
        budget?.Return(size);
        if (shared) GiveBack();
        else LargeBuffers.Shared.Return(Bytes);
    }

    private void GiveBack()
    {
        lock (PoolGate)
        {
            if (pooled < PooledChunks) Pool[pooled++] = this;
        }
    }
}
