using System.Buffers;

namespace Kodama;

/// <summary>Arrays for messages: small ones of the shared pool, large ones of its own, which keeps little.</summary>
/// <remarks>
/// The shared pool keeps what comes back once for each thread and each power of two: a few messages of 16 MiB, each with a header that
/// makes it a frame of 32 MiB, and half a gigabyte stays; of arrays over 64 KiB a crowd that has gone leaves 126 MiB a core. These are of
/// the size asked for, and all threads together keep <paramref name="most"/> bytes.
/// </remarks>
/// <param name="most">Bytes that may wait to be used again.</param>
internal sealed class LargeBuffers(long most)
{
    /// <summary>Up to here the shared pool serves, in bytes.</summary>
    public const int LargestShared = 64 * 1024;

    // Sizes that differ by a header fit into each other's arrays.
    private const int Step = 4 * 1024;

    // A lock and a walk over some hundred entries are little beside the copying of what such an array holds.
    private readonly Lock gate = new();
    private readonly LinkedList<byte[]> kept = new();
    private long bytes;

    public static LargeBuffers Shared { get; } = new(32L * 1024 * 1024);

    /// <summary>An array of at least <paramref name="size"/> bytes, whatever they are.</summary>
    public byte[] Rent(int size)
    {
        if (size <= LargestShared) return ArrayPool<byte>.Shared.Rent(size);
        var length = Math.Min(((long)size + Step - 1) / Step * Step, Array.MaxLength);
        // Not one that is larger by more than a quarter: whoever holds it pays for all of it. A small one is of its own size: bounds that
        // count what arrays take are reached by as many of them each time.
        var longest = size <= 2 * LargestShared ? length : length + (length / 4);
        lock (gate)
        {
            for (var node = kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Length < size || node.Value.Length > longest) continue;
                Remove_NeedsLock(node);
                return node.Value;
            }
        }
        return GC.AllocateUninitializedArray<byte>((int)length);
    }

    /// <summary>Gives back what was rented, once. What has not been used longest makes room.</summary>
    public void Return(byte[] array)
    {
        if (array.Length <= LargestShared)
        {
            ArrayPool<byte>.Shared.Return(array);
            return;
        }
        if (array.Length > most) return;
        lock (gate)
        {
            while (bytes + array.Length > most) Remove_NeedsLock(kept.Last!);
            kept.AddFirst(array);
            bytes += array.Length;
        }
    }

    private void Remove_NeedsLock(LinkedListNode<byte[]> node)
    {
        kept.Remove(node);
        bytes -= node.Value.Length;
    }
}
