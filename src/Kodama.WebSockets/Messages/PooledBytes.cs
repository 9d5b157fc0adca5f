namespace Kodama.WebSockets;

/// <summary>Bytes in a pooled array that grows geometrically. Whoever holds it returns it, once.</summary>
internal struct PooledBytes
{
    private const int SmallestArray = 256;

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

    /// <summary>Makes room for <paramref name="capacity"/> bytes in all, or for twice as many as before if that is more, but asks for no
    /// more than <paramref name="most"/>. The pool may give a quarter more than it is asked for.</summary>
    public void EnsureCapacity(int capacity, int most = int.MaxValue)
    {
        if (capacity <= Capacity)
            return;
        long doubled = Math.Min(2L * Capacity, Math.Min(most, Array.MaxLength));
        int size = (int)Math.Max(Math.Max(doubled, SmallestArray), capacity);
        byte[] larger = LargeBuffers.Shared.Rent(size);
        if (array is not null)
        {
            array.AsSpan(0, Length).CopyTo(larger);
            LargeBuffers.Shared.Return(array);
        }
        array = larger;
    }

    /// <summary>The array, which is the caller's now. Nothing stays here.</summary>
    public byte[] Detach()
    {
        byte[] detached = array!;
        this = default;
        return detached;
    }

    public void Return()
    {
        if (array is not null)
            LargeBuffers.Shared.Return(array);
        this = default;
    }
}
