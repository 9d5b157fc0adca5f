using System.Buffers.Binary;

namespace Kodama.WebSockets;

/// <summary>
/// Inflates messages (RFC 1951, and RFC 7692 section 7.2.2), bounded, into pooled memory, a step of bounded work at a time. It keeps
/// nothing between messages: tables belong to the thread, the window of context takeover to the connection.
/// </summary>
/// <remarks>
/// Why not <see cref="System.IO.Compression.DeflateStream"/>, which inflates long messages faster: it does not go on after a block marked
/// final, which a message may hold in its middle (RFC 7692 section 7.2.3.4); it cannot be reset, and so costs a native state and a buffer
/// per message, or per connection with context takeover; and where no final block comes it cannot tell a message's end from a cut.
/// </remarks>
internal ref struct Inflater
{
    /// <summary>What a step does at most, in bytes of output: a fraction of a millisecond.</summary>
    public const int Step = 64 * 1024;

    /// <summary>What a block costs, and what the codes of its own cost beyond that, in bytes inflated meanwhile.</summary>
    internal const int BlockCost = 16;
    internal const int OwnCodesCost = 512;

    /// <summary>
    /// How many bytes of input and output a block with its own codes has at least, on average. Such a block pays only where it saves its
    /// header, of 14 bytes or more, and so zlib makes none below 28; the smallest possible one has 10 and says nothing.
    /// </summary>
    private const int LeastOwnCodesBlock = 16;

    /// <summary>How many such blocks a message may have before that average counts.</summary>
    private const int FreeOwnCodesBlocks = 16;

    private const int EndOfBlock = 256;
    private const int MaxLiteralSymbols = 286;
    private const int MaxDistanceSymbols = 30;
    private const int LongestMatch = 258;

    [ThreadStatic]
    private static Tables? tables;

    private readonly ReadOnlySpan<byte> input;
    private readonly ref PooledBytes output;
    private readonly ref InflateState state;
    private readonly int limit;
    private readonly int maxDistance;
    private BitReader reader;

    // The length of the output at which the step ends: what else costs work brings it nearer.
    private int pauseAt;

    private Inflater(ReadOnlySpan<byte> input, ref PooledBytes output, ref InflateState state, int maxSize, int maxDistance, int step)
    {
        this.input = input;
        this.output = ref output;
        this.state = ref state;
        this.maxDistance = maxDistance;
        limit = state.Start + maxSize;
        pauseAt = output.Length + step;
        reader = new BitReader(input, state.Block);
    }

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

    /// <summary>Inflates a message, or on from where the step before paused, behind what <paramref name="output"/> already holds.</summary>
    /// <param name="input">The message's payload, without the 00 00 FF FF that its sender took off; the same in every step.</param>
    /// <param name="output">Grows as data comes out; the caller returns it, whatever the result.</param>
    /// <param name="state">How far the message is inflated; at first only where it starts in the output.</param>
    /// <param name="maxSize">The most bytes that the message may have.</param>
    /// <param name="maxDistance">How far back it may refer, into itself and what the output held before.</param>
    /// <param name="step">The most work, in bytes of output; more than a block's costs and the longest match.</param>
    public static InflateResult Inflate(
        ReadOnlySpan<byte> input, ref PooledBytes output, ref InflateState state, int maxSize, int maxDistance, int step = Step)
    {
        var inflater = new Inflater(input, ref output, ref state, maxSize, maxDistance, step);
        InflateResult result = inflater.Run();
        state.Cost = output.Length + step - inflater.pauseAt;
        return result;
    }

    private InflateResult Run()
    {
        while (true)
        {
            if (output.Length >= pauseAt)
                return InflateResult.Paused;
            pauseAt -= BlockCost;
            reader.Refill();
            // After a block marked final there may be more, from the next byte on (RFC 7692 section 7.2.1), or nothing: then the sender
            // left out the empty block that should have followed, and what it meant is clear.
            if (!state.MustGoOn && reader.AtEnd)
                return InflateResult.Done;
            if (reader.Count < 3)
                return InflateResult.Invalid;

            bool final = reader.Take(1) != 0;
            InflateResult? result = reader.Take(2) switch
            {
                0 => Stored(),
                1 => Compressed(FixedLiterals, FixedDistances),
                2 => Dynamic(),
                _ => InflateResult.Invalid,
            };
            if (result is { } end)
                return end;
            if (final)
                reader.AlignToBytes();
            state.MustGoOn = !final;
            state.Block = reader.Position;
        }
    }

    /// <summary>A block without compression (RFC 1951 section 3.2.4). Null: go on with the next block.</summary>
    private InflateResult? Stored()
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

    /// <summary>A block that begins with its own codes (RFC 1951 section 3.2.7), which are read again after a pause.</summary>
    private InflateResult? Dynamic()
    {
        pauseAt -= OwnCodesCost;
        long bytes = state.Block / 8 + output.Length - state.Start;
        if (state.Symbol == 0 && ++state.OwnCodes > FreeOwnCodesBlocks + bytes / LeastOwnCodesBlock)
            return InflateResult.Wasteful;

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
        return Compressed(own.Literals, own.Distances);
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
    private InflateResult? Compressed(HuffmanTable literals, HuffmanTable distances)
    {
        // Copies, so that they may live in registers; what was reached counts only if the block ends well, or pauses.
        BitReader bits = state.Symbol == 0 ? reader : new BitReader(input, state.Symbol);
        state.Symbol = 0;
        int length = output.Length;
        int end = Math.Min(limit, pauseAt);
        Span<byte> room = output.Room;
        while (true)
        {
            bits.RefillForMatch();
            int before = bits.Count;
            HuffmanCode code = literals.Decode(bits.Bits);
            bits.Consume(code.Length);
            if (code.IsNone || bits.Count < 0)
                return InflateResult.Invalid;
            if (code.Symbol == EndOfBlock)
                break;

            if (room.Length - length < LongestMatch && room.Length < limit)
            {
                output.Length = length;
                output.EnsureCapacity(Math.Min(length + LongestMatch, limit), limit);
                room = output.Room;
            }
            if (code.Symbol < EndOfBlock)
            {
                if (length >= end)
                    return EndBefore(bits.Position - (before - bits.Count), length, 1);
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
            if (bits.Count < 0 || distance > length || distance > maxDistance)
                return InflateResult.Invalid;
            if (match > end - length)
                return EndBefore(bits.Position - (before - bits.Count), length, match);
            Copy(room, length, distance, match);
            length += match;
        }
        output.Length = length;
        reader = bits;
        return null;
    }

    /// <summary>The next symbol does not fit in the message or, more often, in the step.</summary>
    private InflateResult EndBefore(long symbol, int length, int size)
    {
        output.Length = length;
        if (size > limit - length)
            return InflateResult.TooBig;
        state.Symbol = symbol;
        return InflateResult.Paused;
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
