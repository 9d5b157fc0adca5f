using System.Buffers;

namespace Kodama.WebSockets;

/// <summary>Bytes in a pooled array that grows geometrically. Whoever holds it returns it, once.</summary>
/// <remarks>
/// The shared pool keeps 32 arrays of each size for each core, and forgets them only after a minute and a full collection: of large ones
/// that is 126 MiB a core, which a crowd that has gone would leave behind. So large ones have a pool of their own, of 16 MiB.
/// </remarks>
internal struct PooledBytes
{
    private const int SmallestArray = 256;
    private const int LargestShared = 64 * 1024;
    private const int LargestPooled = 2 * 1024 * 1024;

    // 4 x (128 + 256 + 512 KiB + 1 + 2 MiB).
    private static readonly ArrayPool<byte> Large = ArrayPool<byte>.Create(LargestPooled, maxArraysPerBucket: 4);

    private byte[]? array;

    public int Length { get; set; }

    public readonly int Capacity => array?.Length ?? 0;

    public readonly Span<byte> Span => array.AsSpan(0, Length);

    /// <summary>The whole array, what lies after <see cref="Length"/> too.</summary>
    public readonly Span<byte> Room => array;

    public readonly Memory<byte> Memory => array.AsMemory(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        EnsureCapacity(Length + bytes.Length);
        bytes.CopyTo(array.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Makes room for <paramref name="capacity"/> bytes in all, or for twice as many as before if that is more.</summary>
    public void EnsureCapacity(int capacity)
    {
        if (capacity <= Capacity)
            return;
        long doubled = Math.Min(2L * Capacity, Array.MaxLength);
        int size = (int)Math.Max(Math.Max(doubled, SmallestArray), capacity);
        byte[] larger = PoolOf(size).Rent(size);
        if (array is not null)
        {
            array.AsSpan(0, Length).CopyTo(larger);
            PoolOf(array.Length).Return(array);
        }
        array = larger;
    }

    public void Return()
    {
        if (array is not null)
            PoolOf(array.Length).Return(array);
        this = default;
    }

    private static ArrayPool<byte> PoolOf(int size) => size > LargestShared ? Large : ArrayPool<byte>.Shared;
}
