using System.Buffers;
using System.IO.Compression;

namespace Kodama.WebSockets.Tests;

/// <summary>What inflating costs, counted, not timed; and that what a compressor writes is never refused for it.</summary>
public class InflaterWorkTests
{
    private const int Bound = 1 << 20;

    /// <summary>What a step may cost over its size: the last block's header, or a stored block.</summary>
    private const int Over = Inflater.BlockCost + Inflater.OwnCodesCost;

    /// <summary>It says nothing: the end of the block is its only literal code, of one bit. 92 bits.</summary>
    private const string EmptyBlock = $"{Bits.OwnCodes} 0 1111111 0 1101011 10 10 0";

    /// <summary>The codes of "a" and of the end of the block have one bit each: ten letters, then the end. 112 bits.</summary>
    private const string TenLetters = $"{Bits.OwnCodes} 0 0110101 10 0 1111111 0 1001000 10 10 0000000000 1";

    [Fact]
    public void Inflate_EmptyBlocksWithOwnCodes_AreRefusedAfterAFew()
    {
        byte[] bomb = Blocks(EmptyBlock, 80_000);
        Assert.InRange(bomb.Length, 700_000, Bound);
        using var output = new Output();
        Assert.Equal(InflateResult.Wasteful, output.Inflate(bomb, Bound));
        Assert.InRange(output.Cost, 0, 100 * (Inflater.OwnCodesCost + Inflater.BlockCost));
    }

    [Fact]
    public void Inflate_FewEmptyBlocksWithOwnCodes_AreValid()
    {
        using var output = new Output();
        Assert.Equal(InflateResult.Done, output.Inflate(Blocks(EmptyBlock, 16), Bound));
    }

    /// <summary>As dear as it may be without being refused: a little data in every block.</summary>
    [Fact]
    public void Inflate_BlocksWithOwnCodesAndHardlyData_TakeManyBoundedSteps()
    {
        byte[] input = Blocks(TenLetters, 40_000);
        using var output = new Output();
        Assert.Equal(InflateResult.Done, output.Inflate(input, Bound));
        Assert.Equal(400_000, output.Bytes.Length);
        Assert.True(output.Bytes.Span.IndexOfAnyExcept((byte)'a') < 0);
        Assert.InRange(output.Steps, 40_000 * Inflater.OwnCodesCost / Inflater.Step, int.MaxValue);
        Assert.InRange(output.LargestCost, 1, Inflater.Step + Over);
    }

    [Theory]
    [InlineData("0 00 00000 0000000000000000 1111111111111111", 200_000)]
    [InlineData("0 10 0000000", 800_000)]
    public void Inflate_EmptyBlocksOfFlushes_TakeManyBoundedSteps(string flush, int times)
    {
        using var output = new Output();
        Assert.Equal(InflateResult.Done, output.Inflate(Blocks(flush, times), Bound));
        Assert.InRange(output.Steps, times * Inflater.BlockCost / Inflater.Step, int.MaxValue);
        Assert.InRange(output.LargestCost, 1, Inflater.Step + Over);
    }

    [Fact]
    public void Inflate_AMessage_CostsAboutItsLength()
    {
        byte[] message = new byte[Bound];
        new Random(5).NextBytes(message.AsSpan(0, Bound / 2));
        using var output = new Output();
        Assert.Equal(InflateResult.Done, output.Inflate(Deflated(message), Bound));
        Assert.InRange(output.Cost, Bound, Bound + Bound / 8);
        // A stored block is copied at once.
        Assert.InRange(output.LargestCost, Inflater.Step / 2, 2 * Inflater.Step + Over);
    }

    [Fact]
    public void Inflate_InStepsOfAnySize_GivesTheSame()
    {
        var random = new Random(12);
        for (int i = 0; i < 300; i++)
        {
            byte[] message = Samples.Text(random.Next(1, 20_000));
            byte[] compressed = Deflated(message, (CompressionLevel)random.Next(4));
            int step = random.Next(Over + 258 + Inflater.BlockCost, 4000);
            using var output = new Output();
            output.Bytes.Append("window"u8);
            Assert.Equal(InflateResult.Done, output.Inflate(compressed, message.Length, step: step));
            Assert.True(output.Bytes.Span[6..].SequenceEqual(message), $"message {i} of {message.Length} bytes in steps of {step}");
            using var bounded = new Output();
            Assert.Equal(InflateResult.TooBig, bounded.Inflate(compressed, message.Length - 1, step: step));
        }
    }

    /// <summary>Data for which own codes pay even in the shortest blocks, flushed as often as is thinkable.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(9)]
    public void Inflate_StreamsThatWereFlushedOften_AreValid(int level)
    {
        var random = new Random(16);
        for (int every = 1; every < 200; every += 1 + every / 16)
        {
            foreach (ZLibCompressionStrategy strategy in Enum.GetValues<ZLibCompressionStrategy>())
            {
                byte[] message = new byte[every * 60];
                int symbols = random.Next(1, 6);
                // High literals: the fixed codes have 9 bits for them.
                for (int i = 0; i < message.Length; i++)
                    message[i] = (byte)(random.Next(8) == 0 ? 200 + random.Next(symbols) : 255);
                var compressed = new MemoryStream();
                var options = new ZLibCompressionOptions { CompressionLevel = level, CompressionStrategy = strategy };
                using var deflate = new DeflateStream(compressed, options);
                foreach (byte[] piece in message.Chunk(every))
                {
                    deflate.Write(piece);
                    deflate.Flush();
                }
                using var output = new Output();
                Assert.Equal(InflateResult.Done, output.Inflate(compressed.ToArray().AsSpan()[..^4], message.Length));
                Assert.True(output.Bytes.Span.SequenceEqual(message), $"every {every}, {strategy}");
            }
        }
    }

    /// <summary>So many blocks, a multiple of 8, and then the empty one that ends a message.</summary>
    private static byte[] Blocks(string block, int times)
    {
        byte[] eight = Bits.Of(string.Concat(Enumerable.Repeat(block, 8)));
        return [.. Enumerable.Repeat(eight, times / 8).SelectMany(b => b), 0];
    }

    private static byte[] Deflated(byte[] message, CompressionLevel level = CompressionLevel.Fastest)
    {
        var output = new ArrayBufferWriter<byte>();
        Deflater.Deflate(message, output, level);
        return output.WrittenSpan.ToArray();
    }
}
