using System.Buffers;
using System.IO.Compression;

namespace Kodama.WebSockets.Tests;

public class DeflaterTests
{
    [Fact]
    public void Deflate_EmptyMessage_IsTheEmptyBlock() => Assert.Equal("00", Hex.Of(Deflated([], CompressionLevel.Fastest)));

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Deflate_AnyLength_IsReadByThePlatform(CompressionLevel level)
    {
        var random = new Random(1);
        foreach (int length in (int[])[1, 2, 3, 4, 5, 63, 64, 1000, 8191, 8192, 8193, 65535, 65536, 200_000])
        {
            byte[] message = new byte[length];
            random.NextBytes(message.AsSpan(0, length / 2));
            byte[] compressed = Deflated(message, level);
            using var platform = new DeflateStream(new MemoryStream([.. compressed, 0x00, 0x00, 0xFF, 0xFF]), CompressionMode.Decompress);
            byte[] inflated = new byte[length];
            platform.ReadExactly(inflated);
            Assert.Equal(message, inflated);
            Assert.Equal(-1, platform.ReadByte());
        }
    }

    [Fact]
    public void Deflate_SameMessageTwice_GivesTheSameBytes()
    {
        byte[] message = [.. Enumerable.Repeat("echo echo "u8.ToArray(), 300).SelectMany(b => b)];
        byte[] first = Deflated(message, CompressionLevel.Fastest);
        Assert.Equal(first, Deflated(message, CompressionLevel.Fastest));
        Assert.InRange(first.Length, 1, message.Length / 10);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(14)]
    public void Deflate_SmallerWindow_RefersBackByLessAndIsTheSameForAll(int windowBits)
    {
        foreach (int length in (int[])[0, 1, 2, 125, 126, 1000, 65535, 65536, 200_000])
        {
            byte[] message = Samples.Text(length);
            byte[] compressed = Deflated(message, CompressionLevel.Fastest, windowBits);
            Assert.Equal(Deflated(message, CompressionLevel.SmallestSize, 8), compressed);
            Assert.InRange(compressed.Length, 1, 24 + length / 2);
            using var inflated = new Output();
            Assert.Equal(InflateResult.Done, inflated.Inflate(compressed, length, maxDistance: 250));
            Assert.True(inflated.Bytes.Span.SequenceEqual(message), $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    public void Deflate_NoWindow_IsAWrongArgument(int windowBits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Deflated([1], CompressionLevel.Fastest, windowBits));

    private static byte[] Deflated(byte[] message, CompressionLevel level, int windowBits = 15)
    {
        var output = new ArrayBufferWriter<byte>();
        Deflater.Deflate(message, output, level, windowBits);
        return output.WrittenSpan.ToArray();
    }
}
