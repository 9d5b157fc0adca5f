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
    private static int sharedInUse;

    private int references = 1;

    private readonly Use? use;
    private readonly OutboxBudget? budget;
    private readonly int size;

    private FrameChunk(byte[] bytes, bool shared, int size, OutboxBudget? budget = null)
    {
        Bytes = bytes;
        this.size = size;
        this.budget = budget;
        use = shared ? new Use() : null;
    }

    public byte[] Bytes { get; }

    /// <summary>Whether it holds copies for one peer, which a budget counts.</summary>
    public bool IsOfBudget => budget is not null;

    public int References => Volatile.Read(ref references);

    /// <summary>How many of <see cref="SharedSize"/> are held, in the process.</summary>
    public static int SharedInUse => Volatile.Read(ref sharedInUse);

    /// <summary>A chunk of <see cref="SharedSize"/>; the caller holds its one reference.</summary>
    public static FrameChunk RentShared()
    {
        lock (PoolGate)
        {
            sharedInUse++;
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
        if (use is not null) GiveBack(use);
        else LargeBuffers.Shared.Return(Bytes);
    }

    private void GiveBack(Use use)
    {
        lock (PoolGate)
        {
            if (pooled < PooledChunks)
            {
                Pool[pooled++] = this;
                sharedInUse--;
                return;
            }
        }
        use.Dispose();
    }

    // A thread that ends gives the chunk that it was filling to nobody: the collector finds it.
    private sealed class Use : IDisposable
    {
        ~Use() => End();

        public void Dispose()
        {
            End();
            GC.SuppressFinalize(this);
        }

        private static void End()
        {
            lock (PoolGate) sharedInUse--;
        }
    }
}
