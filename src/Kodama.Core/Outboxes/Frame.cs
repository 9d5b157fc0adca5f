namespace Kodama;

/// <summary>Encoded bytes on their way to peers: one or more whole frames of a door's wire format, in shared memory.</summary>
/// <remarks>
/// Frames that one thread rents one after another lie one after another, so that an outbox can hold a run of them as one piece and send it
/// in one call. The renter owns one reference and gives it back with <see cref="Release"/>; outboxes take their own.
/// </remarks>
public readonly struct Frame
{
    /// <summary>A larger frame gets memory of its own, so that a slow peer that still holds it keeps nothing else alive.</summary>
    internal const int LargestShared = 16 * 1024;

    [ThreadStatic] private static FrameChunk? current;
    [ThreadStatic] private static int used;

    private Frame(FrameChunk? chunk, int offset, int length)
    {
        Chunk = chunk;
        Offset = offset;
        Length = length;
    }

    internal FrameChunk? Chunk { get; }

    internal int Offset { get; }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>Whether there is no frame at all.</summary>
    public bool IsEmpty => Chunk is null;

    /// <summary>The frame's memory: written by who rented it before it is shared, read only after.</summary>
    public Span<byte> Span => Chunk is null ? default : Chunk.Bytes.AsSpan(Offset, Length);

    /// <summary>Takes memory for a frame of exactly <paramref name="length"/> bytes.</summary>
    public static Frame Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (length > LargestShared) return new Frame(FrameChunk.Rent(length), 0, length);
        if (current is null || used + length > FrameChunk.SharedSize)
        {
            current?.Release();
            current = FrameChunk.RentShared();
            used = 0;
        }
        current.AddReference();
        var frame = new Frame(current, used, length);
        used += length;
        return frame;
    }

    /// <summary>The same for one peer alone; where it is too large to share, out of a budget that it is given back to: false, if that is
    /// spent but for what is left to those who hold nothing.</summary>
    internal static bool TryRent(int length, OutboxBudget budget, out Frame frame)
    {
        if (length <= LargestShared)
        {
            frame = Rent(length);
            return true;
        }
        var hasPlace = budget.TryTakeMore(length);
        frame = hasPlace ? new Frame(FrameChunk.Rent(length, budget), 0, length) : default;
        return hasPlace;
    }

    /// <summary>A frame with a copy of these bytes.</summary>
    public static Frame Copy(ReadOnlySpan<byte> bytes)
    {
        var frame = Rent(bytes.Length);
        bytes.CopyTo(frame.Span);
        return frame;
    }

    /// <summary>One frame that holds all of these, which are released; empty, where there are none.</summary>
    internal static Frame Join(IReadOnlyList<Frame> frames)
    {
        var length = 0;
        foreach (var frame in frames) length += frame.Length;
        if (length == 0) return default;
        var whole = Rent(length);
        var rest = whole.Span;
        foreach (var frame in frames)
        {
            frame.Span.CopyTo(rest);
            rest = rest[frame.Length..];
            frame.Release();
        }
        return whole;
    }

    /// <summary>A part of it, which shares its references.</summary>
    internal Frame Slice(int start, int length) => new(Chunk, Offset + start, length);

    /// <summary>Takes another reference, to be given back like the renter's.</summary>
    internal void Keep() => Chunk?.AddReference();

    /// <summary>Gives the renter's reference back.</summary>
    public void Release() => Chunk?.Release();
}
