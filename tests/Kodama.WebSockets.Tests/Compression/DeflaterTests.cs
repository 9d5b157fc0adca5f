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

    private static byte[] Deflated(byte[] message, CompressionLevel level)
    {
        var output = new ArrayBufferWriter<byte>();
        Deflater.Deflate(message, output, level);
        return output.WrittenSpan.ToArray();
    }
}
