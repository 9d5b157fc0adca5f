using System.Buffers;
using System.Collections.Concurrent;

namespace Kodama;

/// <summary>Memory that frames share. Whoever keeps a part of it holds a reference; the last to let go gives it back.</summary>
internal sealed class FrameChunk
{
    /// <summary>Bytes of a chunk that many frames share: what one read of a busy peer brings in leaves in one piece.</summary>
    public const int SharedSize = 64 * 1024;

    private const int PooledChunks = 128;

    private static readonly ConcurrentStack<FrameChunk> Pool = new();
    private static int pooled;

    private int references = 1;

    private readonly bool shared;

    private FrameChunk(byte[] bytes, bool shared)
    {
        Bytes = bytes;
        this.shared = shared;
    }

    public byte[] Bytes { get; }

    public int References => Volatile.Read(ref references);

    /// <summary>A chunk of <see cref="SharedSize"/>; the caller holds its one reference.</summary>
    public static FrameChunk RentShared()
    {
        if (!Pool.TryPop(out var chunk)) return new FrameChunk(GC.AllocateUninitializedArray<byte>(SharedSize, pinned: true), shared: true);
        Interlocked.Decrement(ref pooled);
        chunk.references = 1;
        return chunk;
    }

    /// <summary>A chunk for one frame or one peer, at least <paramref name="size"/> bytes.</summary>
    public static FrameChunk Rent(int size) => new(ArrayPool<byte>.Shared.Rent(size), shared: false);

    public void AddReference() => Interlocked.Increment(ref references);

    public void Release()
    {
        var left = Interlocked.Decrement(ref references);
        if (left > 0) return;
        if (left < 0) throw new InvalidOperationException("A frame was released more often than it was kept.");
        if (!shared) ArrayPool<byte>.Shared.Return(Bytes);
        else if (Interlocked.Increment(ref pooled) <= PooledChunks) Pool.Push(this);
        else Interlocked.Decrement(ref pooled);
    }
}
