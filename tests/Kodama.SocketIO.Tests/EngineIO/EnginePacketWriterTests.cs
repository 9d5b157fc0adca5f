namespace Kodama.SocketIO.Tests;

public class EnginePacketWriterTests
{
    [Fact]
    public void WriteText_IsATextFrame() => Assert.Equal(Bytes.Hex("81 05 34 E2 82 AC 61"), Text("€a"));

    [Theory]
    [InlineData(EngineVersion.V4, "82 04 01 02 03 04")]
    [InlineData(EngineVersion.V3, "82 05 04 01 02 03 04")]
    internal void WriteBinary_IsABinaryFrame(EngineVersion version, string expected) =>
        Assert.Equal(Bytes.Hex(expected), Binary(version, [1, 2, 3, 4]));

    [Theory]
    [InlineData(0)]
    [InlineData(123)]
    [InlineData(124)]
    [InlineData(125)]
    [InlineData(65_534)]
    [InlineData(65_535)]
    public void Size_AtEveryBoundary_IsWhatIsWritten(int length)
    {
        // Checked by exact buffers: too small a size would throw.
        _ = Text(new string('a', length));
        foreach (var version in Enum.GetValues<EngineVersion>()) _ = Binary(version, new byte[length]);
    }

    private static byte[] Text(string text)
    {
        var data = Bytes.Of(text);
        var bytes = new byte[EnginePacketWriter.TextSize(data.Length)];
        Assert.Equal(bytes.Length, EnginePacketWriter.WriteText(bytes, EnginePacketType.Message, data));
        return bytes;
    }

    private static byte[] Binary(EngineVersion version, byte[] data)
    {
        var bytes = new byte[EnginePacketWriter.BinarySize(version, data.Length)];
        Assert.Equal(bytes.Length, EnginePacketWriter.WriteBinary(bytes, version, data));
        return bytes;
    }
}
