namespace Kodama.WebSockets;

/// <summary>
/// What there is of a message or body that comes in pieces, in pooled arrays of one size: however many grow at once, none is copied into
/// a larger one and leaves it to the collector. Whoever holds it returns it, once.
/// </summary>
internal struct GatheredBytes
{
    // Beyond what the collector would move.
    private const int Piece = 2 * LargeBuffers.LargestShared;

    private List<byte[]>? full;
    private PooledBytes last;

    public readonly int Length => ((full?.Count ?? 0) * Piece) + last.Length;

    /// <summary>What it holds of the pool, in bytes.</summary>
    public readonly int Capacity
    {
        get
        {
            int capacity = last.Capacity;
            if (full is not null)
            {
                foreach (byte[] piece in full)
                    capacity += piece.Length;
            }
            return capacity;
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > Piece - last.Length)
        {
            int room = Piece - last.Length;
            AppendWhole(bytes[..room]);
            bytes = bytes[room..];
            (full ??= []).Add(last.Detach());
        }
        AppendWhole(bytes);
    }

    /// <summary>Appends without a seam: it lies in one array.</summary>
    public void AppendWhole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        // The first piece grows with what comes, to its size at most. Others have that at once: it is no more than twice what there is, and
        // the arrays on the way to it would be garbage of as much again.
        int size = last.Length + bytes.Length;
        last.EnsureCapacity(full is null ? size : Math.Max(size, Piece), most: Piece);
        last.Append(bytes);
    }

    /// <summary>The last bytes, which were appended whole, leave. Valid until anything is appended or the arrays are returned.</summary>
    public ReadOnlyMemory<byte> TakeLast(int count)
    {
        ReadOnlyMemory<byte> bytes = last.Memory[^count..];
        last.Length -= count;
        return bytes;
    }

    /// <summary>Brings all of it into one array. Valid until anything is appended or the arrays are returned.</summary>
    public Memory<byte> Join()
    {
        if (full is null)
            return last.Memory;
        PooledBytes whole = default;
        whole.EnsureCapacity(Length);
        foreach (byte[] piece in full)
            whole.Append(piece.AsSpan(0, Piece));
        whole.Append(last.Span);
        Replace(whole);
        return last.Memory;
    }

    /// <summary>Returns what there was, and holds these bytes from now on.</summary>
    public void Replace(PooledBytes bytes)
    {
        Return();
        last = bytes;
    }

    public void Return()
    {
        last.Return();
        if (full is null)
            return;
        foreach (byte[] piece in full)
            LargeBuffers.Shared.Return(piece);
        full = null;
    }
}
