namespace Kodama.Hostile.Tests;

/// <summary>Writes DEFLATE (RFC 1951) bit by bit, also what no compressor writes.</summary>
internal sealed class DeflateBits
{
    private readonly List<byte> bytes = [];
    private int filled;

    /// <summary>The lowest bit first, as all but Huffman codes are written.</summary>
    public DeflateBits Add(int value, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (filled++ % 8 == 0) bytes.Add(0);
            if ((value >> i & 1) != 0) bytes[^1] |= (byte)(1 << (filled - 1) % 8);
        }
        return this;
    }

    /// <summary>A Huffman code, its highest bit first.</summary>
    public DeflateBits Code(int code, int count)
    {
        for (var i = count - 1; i >= 0; i--) Add(code >> i, 1);
        return this;
    }

    /// <summary>A block of dynamic codes that holds nothing but its end: 90 bits, for which a decoder builds three tables.</summary>
    public DeflateBits EmptyDynamicBlock()
    {
        // 257 literals, 1 distance, 18 lengths of code lengths: of the symbols 18 (a run of zeros) and 1, a bit each.
        Add(0, 1).Add(2, 2).Add(0, 5).Add(0, 5).Add(14, 4);
        foreach (var symbol in (int[])[16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1]) Add(symbol is 18 or 1 ? 1 : 0, 3);
        // 138 and 118 zeros, then a bit for the end of the block and one for the only distance.
        Code(1, 1).Add(127, 7).Code(1, 1).Add(107, 7).Code(0, 1).Code(0, 1);
        return Code(0, 1);
    }

    /// <summary>A literal in the fixed code.</summary>
    public DeflateBits Literal(byte literal) => literal < 144 ? Code(0x30 + literal, 8) : Code(0x190 + literal - 144, 9);

    public byte[] ToArray() => [.. bytes];
}
