namespace Kodama.SocketIO.Tests;

public class PollPayloadReaderTests
{
    [Theory]
    [InlineData("4hello|2|4world", "Message hello, Ping , Message world")]
    [InlineData("4hello|bAQIDBA==", "Message hello, Message <01020304>")]
    [InlineData("4", "Message ")]
    [InlineData("4|4", "Message , Message ")]
    [InlineData("b", "Message <>")]
    [InlineData("0a|1|3probe|5|6", "Open a, Close , Pong probe, Upgrade , Noop ")]
    [InlineData("4€😀|4\n", "Message €😀, Message \n")]
    [InlineData("bAQ\nID", "Message <010203>")]
    public void TryRead_V4_ReadsEachPacket(string body, string expected) =>
        Assert.Equal((expected, null), Read(EngineVersion.V4, Bytes.Records(body)));

    [Theory]
    [InlineData("", "", EngineReadError.Empty)]
    [InlineData("|6", "", EngineReadError.Empty)]
    [InlineData("6|", "Noop ", EngineReadError.Empty)]
    [InlineData("6||6", "Noop ", EngineReadError.Empty)]
    [InlineData("7", "", EngineReadError.UnknownType)]
    [InlineData("4a|9|4b", "Message a", EngineReadError.UnknownType)]
    [InlineData("-", "", EngineReadError.UnknownType)]
    [InlineData("/", "", EngineReadError.UnknownType)]
    [InlineData("b!!!", "", EngineReadError.BadBase64)]
    [InlineData("bAQI", "", EngineReadError.BadBase64)]
    [InlineData("bAQ==AQ==", "", EngineReadError.BadBase64)]
    [InlineData("bAQID_-", "", EngineReadError.BadBase64)]
    internal void TryRead_MalformedV4_ReadsUpToTheError(string body, string expected, string error) =>
        Assert.Equal((expected, error), Read(EngineVersion.V4, Bytes.Records(body)));

    [Theory]
    [InlineData("34 FF")]
    [InlineData("34 C0 80")]
    [InlineData("34 ED A0 80")]
    [InlineData("34 E2 82")]
    public void TryRead_NotUtf8_IsRefused(string hex) =>
        Assert.Equal(("", EngineReadError.BadUtf8), Read(EngineVersion.V4, Bytes.Hex(hex)));

    [Theory]
    [InlineData("6:4hello2:4€", "Message hello, Message €")]
    [InlineData("6:4hello6:4world", "Message hello, Message world")]
    [InlineData("2:4€10:b4AQIDBA==", "Message €, Message <01020304>")]
    [InlineData("4:4€😀1:2", "Message €😀, Ping ")]
    [InlineData("0:", "")]
    [InlineData("0:1:6", "Noop ")]
    [InlineData("02:4a", "Message a")]
    [InlineData("2:b4", "Message <>")]
    public void TryRead_V3Text_CountsCharacters(string body, string expected) =>
        Assert.Equal((expected, null), Read(EngineVersion.V3, Bytes.Of(body)));

    [Theory]
    [InlineData("", "", EngineReadError.Empty)]
    [InlineData("3:4a", "", EngineReadError.BadLength)]
    [InlineData("2:4ab", "Message a", EngineReadError.BadLength)]
    [InlineData("2:4a1", "Message a", EngineReadError.BadLength)]
    [InlineData("2:4😀", "", EngineReadError.BadLength)]
    [InlineData("2:4a:", "Message a", EngineReadError.BadLength)]
    [InlineData("1:", "", EngineReadError.BadLength)]
    [InlineData(":4", "", EngineReadError.BadLength)]
    [InlineData("-1:4", "", EngineReadError.BadLength)]
    [InlineData("2.0:4a", "", EngineReadError.BadLength)]
    [InlineData(" 2:4a", "", EngineReadError.BadLength)]
    [InlineData("2e0:4a", "", EngineReadError.BadLength)]
    [InlineData("99999999999999999999:4", "", EngineReadError.BadLength)]
    [InlineData("999999999:4", "", EngineReadError.BadLength)]
    [InlineData("1:9", "", EngineReadError.UnknownType)]
    [InlineData("1:b", "", EngineReadError.Empty)]
    [InlineData("2:b9", "", EngineReadError.UnknownType)]
    [InlineData("2:bA", "", EngineReadError.UnknownType)]
    [InlineData("4:b4A!", "", EngineReadError.BadBase64)]
    internal void TryRead_MalformedV3Text_ReadsUpToTheError(string body, string expected, string error) =>
        Assert.Equal((expected, error), Read(EngineVersion.V3, Bytes.Of(body)));

    [Theory]
    [InlineData("00 04 FF 34 E2 82 AC 01 05 FF 04 01 02 03 04", "Message €, Message <01020304>")]
    [InlineData("01 01 FF 04", "Message <>")]
    [InlineData("00 01 00 FF 34 61 61 61 61 61 61 61 61 61", "Message aaaaaaaaa")]
    [InlineData("00 01 FF 32", "Ping ")]
    public void TryRead_V3Binary_CountsBytes(string hex, string expected) =>
        Assert.Equal((expected, null), Read(EngineVersion.V3, Bytes.Hex(hex), binary: true));

    [Theory]
    [InlineData("02 01 FF 34", EngineReadError.BadLength)]
    [InlineData("FF", EngineReadError.BadLength)]
    [InlineData("00", EngineReadError.BadLength)]
    [InlineData("00 FF", EngineReadError.BadLength)]
    [InlineData("00 01", EngineReadError.BadLength)]
    [InlineData("00 0A FF 34", EngineReadError.BadLength)]
    [InlineData("00 02 FF 34", EngineReadError.BadLength)]
    [InlineData("00 09 09 09 09 09 09 09 09 09 09 FF 34", EngineReadError.BadLength)]
    [InlineData("00 02 FF 34 FF", EngineReadError.BadLength)]
    [InlineData("00 01 FF 39", EngineReadError.UnknownType)]
    [InlineData("01 01 FF 09", EngineReadError.UnknownType)]
    [InlineData("01 01 FF 34", EngineReadError.UnknownType)]
    [InlineData("01 00 FF", EngineReadError.Empty)]
    internal void TryRead_MalformedV3Binary_IsRefused(string hex, string error) =>
        Assert.Equal(("", error), Read(EngineVersion.V3, Bytes.Hex(hex), binary: true));

    [Theory]
    [InlineData(3, null)]
    [InlineData(2, EngineReadError.TooManyPackets)]
    internal void TryRead_MorePacketsThanAllowed_Stops(int maxPackets, string? error)
    {
        var reader = new PollPayloadReader(EngineVersion.V4, Bytes.Records("6|6|6"), maxPackets: maxPackets);
        var read = 0;
        while (reader.TryRead(out _)) read++;
        Assert.Equal((maxPackets, error), (read, reader.Error));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void TryRead_BodyOfEmptyV3Packets_Stops()
    {
        var reader = new PollPayloadReader(EngineVersion.V3, Bytes.Of(string.Concat(Enumerable.Repeat("0:", 100))), maxPackets: 50);
        Assert.False(reader.TryRead(out _));
        Assert.Equal(EngineReadError.TooManyPackets, reader.Error);
    }

    private static (string, string?) Read(EngineVersion version, byte[] body, bool binary = false)
    {
        var reader = new PollPayloadReader(version, body, binary);
        var packets = new List<string>();
        while (reader.TryRead(out var packet))
            packets.Add($"{packet.Type} {(packet.IsBinary ? $"<{Convert.ToHexString(packet.Data.Span)}>" : Bytes.Text(packet.Data))}");
        return (string.Join(", ", packets), reader.Error);
    }
}
