using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Kodama.WebSockets;

/// <summary>Reads bits, the lowest of each byte first (RFC 1951 section 3.1.1).</summary>
internal ref struct BitReader
{
    private readonly ReadOnlySpan<byte> input;
    private ulong bits;
    private int position;

    /// <summary>Begins at a bit, counted from the start of the input.</summary>
    public BitReader(ReadOnlySpan<byte> input, long at = 0)
    {
        this.input = input;
        position = (int)(at >> 3);
        Refill();
        Consume((int)at & 7);
    }

    /// <summary>The next bit, counted from the start of the input.</summary>
    public readonly long Position => position * 8L - Count;

    /// <summary>The bits at hand, the next one lowest. Zeros follow where the input ends.</summary>
    public readonly ulong Bits => bits;

    /// <summary>How many bits are at hand; negative once more were consumed than there are.</summary>
    public int Count { get; private set; }

    public readonly bool AtEnd => Count == 0 && position == input.Length;

    /// <summary>Takes in bytes if fewer than 48 bits are at hand, which the codes and extra bits of any literal or match fit in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void RefillForMatch()
    {
        if (Count < 15 + 5 + 15 + 13)
            Refill();
    }

    /// <summary>Takes in bytes until 56 bits are at hand or the input ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill()
    {
        if (input.Length - position >= sizeof(ulong))
        {
            int bytes = (63 - Count) >> 3;
            bits |= BinaryPrimitives.ReadUInt64LittleEndian(input[position..]) << Count;
            position += bytes;
            Count += bytes * 8;
            // Of a byte that fits only in part nothing stays; the next refill reads it whole.
            bits &= ulong.MaxValue >> (64 - Count);
            return;
        }

        while (Count <= 56 && position < input.Length)
        {
            bits |= (ulong)input[position++] << Count;
            Count += 8;
        }
    }

    public void Consume(int count)
    {
        bits >>= count;
        Count -= count;
    }

    /// <summary>Consumes at most 16 bits that a refill brought in and returns them.</summary>
    public int Take(int count)
    {
        int value = (int)bits & ((1 << count) - 1);
        Consume(count);
        return value;
    }

    /// <summary>Drops the rest of the byte underway and answers what follows it, which <see cref="Skip"/> then consumes.</summary>
    public ReadOnlySpan<byte> AlignToBytes()
    {
        position -= Count >> 3;
        Count = 0;
        bits = 0;
        return input[position..];
    }

    /// <summary>Consumes bytes after <see cref="AlignToBytes"/>.</summary>
    public void Skip(int bytes) => position += bytes;
}
