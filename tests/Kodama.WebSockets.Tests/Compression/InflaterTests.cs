using System.Buffers;
using System.IO.Compression;

namespace Kodama.WebSockets.Tests;

/// <summary>RFC 1951 and RFC 7692 section 7.2.</summary>
public class InflaterTests
{
    [Theory]
    [InlineData("00", "")]
    [InlineData("F248CDC9C90700", "48656C6C6F")]
    [InlineData("000500FAFF48656C6C6F00", "48656C6C6F")]
    [InlineData("F348CDC9C9070000", "48656C6C6F")]
    [InlineData("F24805000000FFFFCAC9C90700", "48656C6C6F")]
    public void Inflate_ExamplesOfTheRfc_AreHello(string input, string expected) =>
        Assert.Equal((InflateResult.Done, expected), Inflate(Hex.Bytes(input)));

    [Theory]
    [InlineData("", "")]
    [InlineData("F348CDC9C90700", "48656C6C6F")]
    [InlineData("010500FAFF48656C6C6F", "48656C6C6F")]
    [InlineData("F348CDC9C90700 F348CDC9C9070000", "48656C6C6F48656C6C6F")]
    [InlineData("010100FEFF61 010100FEFF62 00", "6162")]
    public void Inflate_FinalBlocks_GoOnAtTheNextByte(string input, string expected) =>
        Assert.Equal((InflateResult.Done, expected), Inflate(Hex.Bytes(input)));

    [Theory]
    [InlineData("06", "block type 3")]
    [InlineData("F2", "ends within a code")]
    [InlineData("F248CDC9C907", "ends without the empty block")]
    [InlineData("000500FAFF48656C6C6F", "ends without the empty block")]
    [InlineData("00050000004865", "length and complement differ")]
    [InlineData("000500", "ends within a length")]
    [InlineData("000500FAFF4865", "stored block is cut")]
    public void Inflate_Garbage_IsInvalid(string input, string why)
    {
        InflateResult result = Inflate(Hex.Bytes(input)).Result;
        Assert.True(result == InflateResult.Invalid, $"{why}: {result}");
    }

    /// <summary>Bits in the order of the stream: block header (final, type), then codes highest bit first, numbers lowest bit
    /// first.</summary>
    [Theory]
    [InlineData("0 10 0000001 00000", "fixed codes: a match before the start")]
    [InlineData("0 10 10010001 0000001 00001", "fixed codes: a match one byte before the start")]
    [InlineData("0 10 11000110", "fixed codes: literal symbol 286")]
    [InlineData("0 10 10010001 0000001 11110", "fixed codes: distance symbol 30")]
    [InlineData("0 01 01111 00000 0000", "own codes: 287 literals")]
    [InlineData("0 01 00000 01111 0000", "own codes: 31 distances")]
    [InlineData("0 01 00000 00000 0000 000 000 000 000", "own codes: no code of the lengths")]
    [InlineData("0 01 00000 00000 0000 100 000 000 000", "own codes: too few codes of the lengths")]
    [InlineData("0 01 00000 00000 0000 100 100 100 100", "own codes: too many codes of the lengths")]
    [InlineData("0 01 00000 00000 0000 100 000 000 100 1 00", "own codes: the length before the first repeated")]
    [InlineData("0 01 00000 00000 0000 000 000 100 100 1 1111111 1 1111111", "own codes: more lengths than symbols")]
    [InlineData("0 01 00000 00000 0000 000 000 100 100 1 1111111 1 1011011", "own codes: no end of the block")]
    public void Inflate_InvalidCodes_AreInvalid(string bits, string why)
    {
        // Zeros follow, so that it is not the end of the input that is found wrong.
        InflateResult result = Inflate([.. Bits.Of(bits), .. new byte[16]]).Result;
        Assert.True(result == InflateResult.Invalid, $"{why}: {result}");
    }

    /// <summary>The only literal code is that of the end of the block: with one bit it may stand alone, with two it is half a
    /// code.</summary>
    [Theory]
    [InlineData("10", "0", true)]
    [InlineData("11", "00", false)]
    public void Inflate_IncompleteCode_IsValidIfItIsOneBit(string lengthOfEnd, string end, bool valid)
    {
        // 138 and 118 zeros, the end of the block, one distance.
        (InflateResult result, _) = Inflate(Bits.Of($"{Bits.OwnCodes} 0 1111111 0 1101011 {lengthOfEnd} 10 {end} 0 00"));
        Assert.Equal(valid ? InflateResult.Done : InflateResult.Invalid, result);
    }

    [Fact]
    public void Inflate_MatchThatOverlapsItself_Repeats() =>
        Assert.Equal((InflateResult.Done, "61616161"), Inflate(Bits.Of("0 10 10010001 0000001 00000 0000000 0 00")));

    [Fact]
    public void Inflate_EveryPrefixOfAMessage_IsInvalidOrCut()
    {
        byte[] message = Samples.Text(20_000);
        byte[] compressed = Deflated(message, CompressionLevel.Optimal);
        for (int length = 1; length < compressed.Length; length++)
            Assert.NotEqual((InflateResult.Done, Hex.Of(message)), Inflate(compressed[..length]));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Inflate_WhatDeflaterMade_IsTheMessage(CompressionLevel level)
    {
        var random = new Random(7692);
        for (int i = 0; i < 60; i++)
        {
            byte[] message = Message(random);
            byte[] compressed = Deflated(message, level);
            using var output = new Output();
            Assert.Equal(InflateResult.Done, output.Inflate(compressed, message.Length));
            Assert.True(output.Bytes.Span.SequenceEqual(message), $"message {i} of {message.Length} bytes");
        }
    }

    [Fact]
    public void Inflate_MessageAtAndOverTheBound_IsDoneAndTooBig()
    {
        var random = new Random(1009);
        for (int i = 0; i < 60; i++)
        {
            byte[] message = [1, .. Message(random)];
            byte[] compressed = Deflated(message, (CompressionLevel)random.Next(4));
            Assert.Equal(InflateResult.Done, Inflate(compressed, message.Length).Result);
            Assert.Equal(InflateResult.TooBig, Inflate(compressed, message.Length - 1).Result);
            Assert.Equal(InflateResult.TooBig, Inflate(compressed, 0).Result);
        }
    }

    [Fact]
    public void Inflate_Bomb_HoldsNoMoreThanTheBound()
    {
        const int Bound = 1 << 20;
        byte[] bomb = Deflated(new byte[64 << 20], CompressionLevel.SmallestSize);
        // Whatever the pool has from others: here what, doubled, would be more.
        LargeBuffers.Shared.Return(new byte[Bound * 5 / 8]);
        LargeBuffers.Shared.Return(new byte[Bound * 11 / 8]);
        using var output = new Output();
        Assert.Equal(InflateResult.TooBig, output.Inflate(bomb, Bound));
        Assert.InRange(output.Bytes.Capacity, 1, Bound * 5 / 4);
    }

    [Fact]
    public void Inflate_MutatedMessages_NeverThrowsAndStaysWithinTheBound()
    {
        const int Bound = 4096;
        var random = new Random(1951);
        byte[][] corpus = [.. Enumerable.Range(0, 40).Select(i => Deflated(Samples.Text(random.Next(1, 3000)), (CompressionLevel)(i % 4)))];
        for (int i = 0; i < 50_000; i++)
        {
            byte[] input = [.. corpus[random.Next(corpus.Length)]];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                input[random.Next(random.Next(2) == 0 ? Math.Min(64, input.Length) : input.Length)] ^= (byte)(1 << random.Next(8));
            using var output = new Output();
            InflateResult result = output.Inflate(input, Bound);
            if (output.Bytes.Length > Bound || output.Bytes.Capacity > Bound)
                Assert.Fail($"mutation {i}: {result}, {output.Bytes.Length} bytes in {output.Bytes.Capacity}");
        }
    }

    [Fact]
    public void Inflate_SameBytesAsThePlatform_GivesTheSame()
    {
        var random = new Random(99);
        int done = 0;
        for (int i = 0; i < 10_000; i++)
        {
            byte[] input = Deflated(Samples.Text(random.Next(1, 300)), (CompressionLevel)random.Next(1, 4));
            input[random.Next(input.Length)] ^= (byte)(1 << random.Next(8));
            (InflateResult result, string ours) = Inflate(input, 1 << 16);
            // A final block ends the platform's stream but not the message; those are tested on their own.
            if (result != InflateResult.Done || (input[0] & 1) != 0)
                continue;
            using var platform = new DeflateStream(new MemoryStream([.. input, 0x00, 0x00, 0xFF, 0xFF]), CompressionMode.Decompress);
            var theirs = new MemoryStream();
            platform.CopyTo(theirs);
            if (Hex.Of(theirs.ToArray()) is var text && ours != text && !ours.StartsWith(text, StringComparison.Ordinal))
                Assert.Fail($"{Hex.Of(input)}: {ours} instead of {text}");
            done++;
        }
        Assert.InRange(done, 500, 10_000);
    }

    private static (InflateResult Result, string Hex) Inflate(byte[] input, int maxSize = 1 << 20)
    {
        using var output = new Output();
        InflateResult result = output.Inflate(input, maxSize);
        return (result, Hex.Of(output.Bytes.Span));
    }

    private static byte[] Deflated(byte[] message, CompressionLevel level)
    {
        var output = new ArrayBufferWriter<byte>();
        Deflater.Deflate(message, output, level);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Bytes of one of several kinds: runs, few symbols, all symbols, words.</summary>
    private static byte[] Message(Random random)
    {
        int length = random.Next(1 << random.Next(1, 18));
        int symbols = random.Next(1, 257);
        return random.Next(2) == 0 ? Samples.Text(length) : [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(symbols))];
    }
}
