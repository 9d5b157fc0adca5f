using System.Text;

namespace Kodama.WebSockets.Tests;

public class FrameWriterTests
{
    private const uint Mask = 0x3D21FA37;

    [Theory]
    [InlineData(0, "82 00")]
    [InlineData(125, "82 7D")]
    [InlineData(126, "82 7E 007E")]
    [InlineData(65535, "82 7E FFFF")]
    [InlineData(65536, "82 7F 0000000000010000")]
    [InlineData(long.MaxValue, "82 7F 7FFFFFFFFFFFFFFF")]
    public void WriteHeader_AnyLength_TakesTheShortestForm(long length, string expected)
    {
        byte[] buffer = new byte[FrameWriter.MaxHeaderSize];
        int written = FrameWriter.WriteHeader(buffer, Opcode.Binary, length);
        Assert.Equal(Hex.Bytes(expected), buffer[..written]);
        Assert.Equal(written, FrameWriter.HeaderSize(length, masked: false));
    }

    [Theory]
    [InlineData(5, "81 85 37FA213D")]
    [InlineData(126, "81 FE 007E 37FA213D")]
    [InlineData(65536, "81 FF 0000000000010000 37FA213D")]
    public void WriteHeader_Masked_EndsInTheKey(long length, string expected)
    {
        byte[] buffer = new byte[FrameWriter.MaxHeaderSize];
        int written = FrameWriter.WriteHeader(buffer, Opcode.Text, length, mask: Mask);
        Assert.Equal(Hex.Bytes(expected), buffer[..written]);
        Assert.Equal(written, FrameWriter.HeaderSize(length, masked: true));
    }

    [Theory]
    [InlineData(Opcode.Text, false, false, "01")]
    [InlineData(Opcode.Continuation, false, false, "00")]
    [InlineData(Opcode.Continuation, true, false, "80")]
    [InlineData(Opcode.Text, true, true, "C1")]
    [InlineData(Opcode.Binary, false, true, "42")]
    [InlineData(Opcode.Close, true, false, "88")]
    [InlineData(Opcode.Ping, true, false, "89")]
    [InlineData(Opcode.Pong, true, false, "8A")]
    public void WriteHeader_FinAndCompressed_SetTheirBits(Opcode opcode, bool fin, bool compressed, string firstByte)
    {
        byte[] buffer = new byte[2];
        FrameWriter.WriteHeader(buffer, opcode, 0, fin, compressed);
        Assert.Equal(firstByte, Hex.Of(buffer.AsSpan(0, 1)));
    }

    [Fact]
    public void WriteHeader_TooSmallADestination_SaysWhatIsNeeded()
    {
        var exception = Assert.Throws<ArgumentException>(() => FrameWriter.WriteHeader(new byte[3], Opcode.Text, 126));
        Assert.Contains("needs 4 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteHeader_NegativeLength_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.WriteHeader(new byte[14], Opcode.Text, -1));

    [Theory]
    [InlineData(null, "81 05 48656C6C6F")]
    [InlineData(Mask, "81 85 37FA213D 7F9F4D5158")]
    public void Write_Hello_IsAsInTheRfc(uint? mask, string expected)
    {
        byte[] buffer = new byte[20];
        byte[] payload = "Hello"u8.ToArray();
        int written = FrameWriter.Write(buffer, Opcode.Text, payload, mask: mask);
        Assert.Equal(Hex.Bytes(expected), buffer[..written]);
        Assert.Equal("Hello"u8, payload);
    }

    [Theory]
    [InlineData(1000, "", null, "88 02 03E8")]
    [InlineData(1001, "bye", null, "88 05 03E9 627965")]
    [InlineData(3000, "", 0u, "88 82 00000000 0BB8")]
    [InlineData(CloseCodes.NoStatus, "", null, "88 00")]
    public void WriteClose_CodeAndReason_AreThePayload(int code, string reason, uint? mask, string expected)
    {
        byte[] buffer = new byte[FrameWriter.MaxHeaderSize + FrameWriter.MaxControlPayload];
        int written = FrameWriter.WriteClose(buffer, (ushort)code, reason, mask);
        Assert.Equal(Hex.Bytes(expected), buffer[..written]);
    }

    [Theory]
    [InlineData("a", 0)]
    [InlineData("é", 1)]
    [InlineData("木", 0)]
    [InlineData("🌲", 3)]
    public void WriteClose_LongReason_IsCutBetweenCharacters(string character, int spare)
    {
        byte[] buffer = new byte[FrameWriter.MaxHeaderSize + FrameWriter.MaxControlPayload];
        string reason = string.Concat(Enumerable.Repeat(character, 200));
        int written = FrameWriter.WriteClose(buffer, CloseCodes.Normal, reason);

        Assert.Equal(2 + FrameWriter.MaxControlPayload - spare, written);
        string sent = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(buffer.AsSpan(4..written));
        Assert.StartsWith(sent, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteClose_LoneSurrogate_StaysUtf8()
    {
        byte[] buffer = new byte[FrameWriter.MaxHeaderSize + FrameWriter.MaxControlPayload];
        int written = FrameWriter.WriteClose(buffer, CloseCodes.Normal, "a\uD800b");
        Assert.Equal(Hex.Bytes("88 07 03E8 61 EFBFBD 62"), buffer[..written]);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(5000)]
    public void WriteClose_CodeThatMayNotBeSent_Throws(int code) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.WriteClose(new byte[140], (ushort)code, ""));
}
