using System.Buffers.Binary;

namespace Kodama.WebSockets.Tests;

public class MaskingTests
{
    private const uint Mask = 0x3D21FA37;

    [Fact]
    public void Apply_ExampleOfTheRfc_MasksHello()
    {
        byte[] data = "Hello"u8.ToArray();
        Masking.Apply(data, BinaryPrimitives.ReadUInt32LittleEndian(Hex.Bytes("37FA213D")));
        Assert.Equal("7F9F4D5158", Hex.Of(data));
    }

    [Fact]
    public void Apply_EveryOffsetAndLength_EqualsByteByByte()
    {
        byte[] original = new byte[64 + 300];
        new Random(5).NextBytes(original);
        for (int offset = 0; offset < 64; offset++)
        {
            for (int length = 0; length <= 300; length++)
            {
                byte[] actual = [.. original];
                Masking.Apply(actual.AsSpan(offset, length), Mask);
                Assert.Equal(Naive(original, offset, length), actual);
            }
        }
    }

    [Fact]
    public void Apply_InTwoPieces_GoesOnWhereItStopped()
    {
        byte[] original = new byte[150];
        new Random(6).NextBytes(original);
        for (int cut = 0; cut <= original.Length; cut++)
        {
            byte[] actual = [.. original];
            uint next = Masking.Apply(actual.AsSpan(0, cut), Mask);
            uint last = Masking.Apply(actual.AsSpan(cut), next);
            Assert.Equal(Naive(original, 0, original.Length), actual);
            Assert.Equal(Masking.Apply([.. original], Mask), last);
        }
    }

    [Fact]
    public void Apply_Twice_Restores()
    {
        byte[] data = "The mask is its own inverse."u8.ToArray();
        Masking.Apply(data, Mask);
        Masking.Apply(data, Mask);
        Assert.Equal("The mask is its own inverse."u8, data);
    }

    private static byte[] Naive(byte[] original, int offset, int length)
    {
        byte[] key = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(key, Mask);
        byte[] result = [.. original];
        for (int i = 0; i < length; i++)
            result[offset + i] ^= key[i % 4];
        return result;
    }
}
