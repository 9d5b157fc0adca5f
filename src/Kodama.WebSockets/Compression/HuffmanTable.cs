using System.Runtime.CompilerServices;

namespace Kodama.WebSockets;

/// <summary>
/// A canonical Huffman code (RFC 1951 section 3.2.2). Codes of up to 10 bits are found by one look into a table, the rare longer ones bit
/// by bit. Reused from block to block; not thread-safe while it is built.
/// </summary>
internal sealed class HuffmanTable
{
    public const int MaxCodeLength = 15;

    private const int FastBits = 10;
    private const int LengthBits = HuffmanCode.LengthBits;
    private const int MaxSymbols = 288;

    /// <summary>By the next 10 bits: symbol and length of the code; 0 where there is none or it is longer.</summary>
    private readonly ushort[] fast = new ushort[1 << FastBits];

    /// <summary>The symbols in the order of their codes.</summary>
    private readonly ushort[] symbols = new ushort[MaxSymbols];

    private readonly ushort[] countOfLength = new ushort[MaxCodeLength + 1];

    /// <summary>
    /// Builds the code from the lengths of its symbols, 0 for those without. False when the lengths are more than a code can hold, or
    /// fewer; a single code of one bit may stand alone if <paramref name="mayBeIncomplete"/>, and so may none at all.
    /// </summary>
    public bool TryBuild(ReadOnlySpan<byte> lengths, bool mayBeIncomplete)
    {
        Array.Clear(countOfLength);
        foreach (byte length in lengths)
            countOfLength[length]++;

        int used = lengths.Length - countOfLength[0];
        countOfLength[0] = 0;
        Span<int> nextCode = stackalloc int[MaxCodeLength + 1];
        Span<int> nextIndex = stackalloc int[MaxCodeLength + 1];
        int left = 1;
        for (int length = 1; length <= MaxCodeLength; length++)
        {
            left = (left << 1) - countOfLength[length];
            if (left < 0)
                return false;
            nextCode[length] = (nextCode[length - 1] + countOfLength[length - 1]) << 1;
            nextIndex[length] = nextIndex[length - 1] + countOfLength[length - 1];
        }
        if (left > 0 && !(mayBeIncomplete && used == countOfLength[1]))
            return false;

        Array.Clear(fast);
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0)
                continue;
            symbols[nextIndex[length]++] = (ushort)symbol;
            int code = nextCode[length]++;
            if (length > FastBits)
                continue;
            // Codes come highest bit first, in a stream that is read lowest bit first.
            int step = 1 << length;
            for (int i = Reverse(code, length); i < fast.Length; i += step)
                fast[i] = (ushort)(symbol << LengthBits | length);
        }
        return true;
    }

    /// <summary>The code at the lowest of <paramref name="bits"/>: its symbol and length, or none where the bits are no code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HuffmanCode Decode(ulong bits)
    {
        ushort entry = fast[(int)bits & ((1 << FastBits) - 1)];
        return new HuffmanCode(entry != 0 ? entry : DecodeLong(bits));
    }

    private int DecodeLong(ulong bits)
    {
        int code = 0, first = 0, index = 0;
        for (int length = 1; length <= MaxCodeLength; length++)
        {
            code |= (int)(bits >> (length - 1)) & 1;
            int count = countOfLength[length];
            if (code - first < count)
                return symbols[index + code - first] << LengthBits | length;
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        return 0;
    }

    private static int Reverse(int code, int length)
    {
        int reversed = 0;
        for (int i = 0; i < length; i++, code >>= 1)
            reversed = (reversed << 1) | (code & 1);
        return reversed;
    }
}
