using System.Buffers.Binary;

namespace Kodama.WebSockets;

/// <summary>
/// Inflates whole messages (RFC 1951, and RFC 7692 section 7.2.2), bounded, into pooled memory. It keeps nothing between messages:
/// tables belong to the thread, the window of context takeover to the connection.
/// </summary>
/// <remarks>
/// Why not <see cref="System.IO.Compression.DeflateStream"/>, which inflates long messages faster: it does not go on after a block marked
/// final, which a message may hold in its middle (RFC 7692 section 7.2.3.4); it cannot be reset, and so costs a native state and a buffer
/// per message, or per connection with context takeover; and where no final block comes it cannot tell a message's end from a cut.
/// </remarks>
internal static class Inflater
{
    private const int EndOfBlock = 256;
    private const int MaxLiteralSymbols = 286;
    private const int MaxDistanceSymbols = 30;
    private const int LongestMatch = 258;

    [ThreadStatic]
    private static Tables? tables;

    /// <summary>The fixed codes (RFC 1951 section 3.2.6).</summary>
    private static readonly HuffmanTable FixedLiterals = Build(
    [
        .. Enumerable.Repeat((byte)8, 144),
        .. Enumerable.Repeat((byte)9, 112),
        .. Enumerable.Repeat((byte)7, 24),
        .. Enumerable.Repeat((byte)8, 8),
    ]);

    private static readonly HuffmanTable FixedDistances = Build([.. Enumerable.Repeat((byte)5, 32)]);

    /// <summary>The order of the code lengths' own code lengths (RFC 1951 section 3.2.7).</summary>
    private static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Match lengths of the symbols 257 to 285 and their extra bits (RFC 1951 section 3.2.5).</summary>
    private static ReadOnlySpan<ushort> LengthBase =>
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static ReadOnlySpan<byte> LengthExtraBits =>
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static ReadOnlySpan<ushort> DistanceBase =>
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
        16385, 24577,
    ];

    private static ReadOnlySpan<byte> DistanceExtraBits =>
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    /// <summary>Inflates a message behind what <paramref name="output"/> already holds, to which the message may refer.</summary>
    /// <param name="input">The message's payload, without the 00 00 FF FF that its sender took off.</param>
    /// <param name="output">Grows as data comes out; the caller returns it, whatever the result.</param>
    /// <param name="maxSize">The most bytes that the message may have.</param>
    public static InflateResult Inflate(ReadOnlySpan<byte> input, ref PooledBytes output, int maxSize)
    {
        var reader = new BitReader(input);
        int limit = output.Length + maxSize;
        bool mayEnd = true;
        while (true)
        {
            reader.Refill();
            // After a block marked final there may be more, from the next byte on (RFC 7692 section 7.2.1), or nothing: then the sender
            // left out the empty block that should have followed, and what it meant is clear.
            if (mayEnd && reader.AtEnd)
                return InflateResult.Done;
            if (reader.Count < 3)
                return InflateResult.Invalid;

            bool final = reader.Take(1) != 0;
            InflateResult? result = reader.Take(2) switch
            {
                0 => Stored(ref reader, ref output, limit),
                1 => Compressed(ref reader, FixedLiterals, FixedDistances, ref output, limit),
                2 => Dynamic(ref reader, ref output, limit),
                _ => InflateResult.Invalid,
            };
            if (result is { } end)
                return end;
            if (final)
                reader.AlignToBytes();
            mayEnd = final;
        }
    }

    /// <summary>A block without compression (RFC 1951 section 3.2.4). Null: go on with the next block.</summary>
    private static InflateResult? Stored(ref BitReader reader, ref PooledBytes output, int limit)
    {
        ReadOnlySpan<byte> rest = reader.AlignToBytes();
        // The empty block at the end of every message, less its four bytes.
        if (rest.IsEmpty)
            return InflateResult.Done;
        if (rest.Length < 2 * sizeof(ushort))
            return InflateResult.Invalid;

        ushort length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        rest = rest[sizeof(ushort)..];
        if (BinaryPrimitives.ReadUInt16LittleEndian(rest) != (ushort)~length)
            return InflateResult.Invalid;
        rest = rest[sizeof(ushort)..];
        if (rest.Length < length)
            return InflateResult.Invalid;
        if (length > limit - output.Length)
            return InflateResult.TooBig;

        output.Append(rest[..length]);
        reader.Skip(2 * sizeof(ushort) + length);
        return null;
    }

    /// <summary>A block that begins with its own codes (RFC 1951 section 3.2.7).</summary>
    private static InflateResult? Dynamic(ref BitReader reader, ref PooledBytes output, int limit)
    {
        Tables own = tables ??= new Tables();
        reader.Refill();
        int literals = reader.Take(5) + 257;
        int distances = reader.Take(5) + 1;
        int codeLengths = reader.Take(4) + 4;
        if (literals > MaxLiteralSymbols || distances > MaxDistanceSymbols)
            return InflateResult.Invalid;

        Span<byte> codeLengthLengths = stackalloc byte[CodeLengthOrder.Length];
        codeLengthLengths.Clear();
        foreach (byte symbol in CodeLengthOrder[..codeLengths])
        {
            reader.Refill();
            codeLengthLengths[symbol] = (byte)reader.Take(3);
        }
        if (reader.Count < 0 || !own.CodeLengths.TryBuild(codeLengthLengths, mayBeIncomplete: false))
            return InflateResult.Invalid;

        Span<byte> lengths = stackalloc byte[MaxLiteralSymbols + MaxDistanceSymbols];
        lengths = lengths[..(literals + distances)];
        if (!TryReadLengths(ref reader, own.CodeLengths, lengths)
            || lengths[EndOfBlock] == 0
            || !own.Literals.TryBuild(lengths[..literals], mayBeIncomplete: true)
            || !own.Distances.TryBuild(lengths[literals..], mayBeIncomplete: true))
            return InflateResult.Invalid;
        return Compressed(ref reader, own.Literals, own.Distances, ref output, limit);
    }

    private static bool TryReadLengths(ref BitReader reader, HuffmanTable codeLengths, scoped Span<byte> lengths)
    {
        int filled = 0;
        while (filled < lengths.Length)
        {
            if (reader.Count < 0)
                return false;
            reader.Refill();
            HuffmanCode code = codeLengths.Decode(reader.Bits);
            if (code.IsNone)
                return false;
            reader.Consume(code.Length);
            int symbol = code.Symbol;
            if (symbol <= HuffmanTable.MaxCodeLength)
            {
                lengths[filled++] = (byte)symbol;
                continue;
            }

            if (symbol == 16 && filled == 0)
                return false;
            byte repeated = symbol == 16 ? lengths[filled - 1] : (byte)0;
            int times = symbol switch
            {
                16 => 3 + reader.Take(2),
                17 => 3 + reader.Take(3),
                _ => 11 + reader.Take(7),
            };
            if (times > lengths.Length - filled)
                return false;
            lengths.Slice(filled, times).Fill(repeated);
            filled += times;
        }
        return reader.Count >= 0;
    }

    /// <summary>The literals and matches of a compressed block (RFC 1951 section 3.2.3).</summary>
    private static InflateResult? Compressed(
        ref BitReader reader, HuffmanTable literals, HuffmanTable distances, ref PooledBytes output, int limit)
    {
        // Copies, so that they may live in registers; what was reached counts only if the block ends well.
        BitReader bits = reader;
        int length = output.Length;
        Span<byte> room = output.Room;
        while (true)
        {
            bits.RefillForMatch();
            HuffmanCode code = literals.Decode(bits.Bits);
            bits.Consume(code.Length);
            if (code.IsNone || bits.Count < 0)
                return InflateResult.Invalid;
            if (code.Symbol == EndOfBlock)
                break;

            if (room.Length - length < LongestMatch && room.Length < limit)
            {
                output.Length = length;
                output.EnsureCapacity(Math.Min(length + LongestMatch, limit));
                room = output.Room;
            }
            if (code.Symbol < EndOfBlock)
            {
                if (length >= limit)
                    return InflateResult.TooBig;
                room[length++] = (byte)code.Symbol;
                continue;
            }

            int lengthIndex = code.Symbol - (EndOfBlock + 1);
            if (lengthIndex >= LengthBase.Length)
                return InflateResult.Invalid;
            int match = LengthBase[lengthIndex] + bits.Take(LengthExtraBits[lengthIndex]);
            code = distances.Decode(bits.Bits);
            bits.Consume(code.Length);
            if (code.IsNone || code.Symbol >= DistanceBase.Length)
                return InflateResult.Invalid;
            int distance = DistanceBase[code.Symbol] + bits.Take(DistanceExtraBits[code.Symbol]);
            if (bits.Count < 0 || distance > length)
                return InflateResult.Invalid;
            if (match > limit - length)
                return InflateResult.TooBig;
            Copy(room, length, distance, match);
            length += match;
        }
        output.Length = length;
        reader = bits;
        return null;
    }

    /// <summary>Copies a match, which may overlap what it copies and then repeats it.</summary>
    private static void Copy(Span<byte> room, int to, int distance, int count)
    {
        if (distance >= count)
        {
            room.Slice(to - distance, count).CopyTo(room[to..]);
            return;
        }
        // What was copied is there to be copied again: each step doubles it.
        var repeated = room.Slice(to - distance, distance + count);
        for (int have = distance; have < repeated.Length; have *= 2)
            repeated[..Math.Min(have, repeated.Length - have)].CopyTo(repeated[have..]);
    }

    private static HuffmanTable Build(ReadOnlySpan<byte> lengths)
    {
        var table = new HuffmanTable();
        table.TryBuild(lengths, mayBeIncomplete: false);
        return table;
    }

    private sealed class Tables
    {
        public HuffmanTable CodeLengths { get; } = new();
        public HuffmanTable Literals { get; } = new();
        public HuffmanTable Distances { get; } = new();
    }
}
