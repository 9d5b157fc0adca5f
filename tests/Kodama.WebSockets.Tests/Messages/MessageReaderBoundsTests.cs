namespace Kodama.WebSockets.Tests;

public class MessageReaderBoundsTests
{
    private static readonly MessageReaderOptions Small = new() { MaxMessageSize = 300, MaxFragments = 3 };

    [Fact]
    public void Read_MessageAtTheBound_IsWhole()
    {
        byte[] payload = MessageReaderFramingTests.Pattern(300);
        Wire.Expect(Reader, [.. Hex.Bytes("82 7E 012C"), .. payload], Seen.Binary(payload));
    }

    [Theory]
    [InlineData("82 7E 012D")]
    [InlineData("82 7F 0000000000010000")]
    [InlineData("82 7F 7FFFFFFFFFFFFFFF")]
    public void Read_HeaderOverTheBound_IsTooBigBeforeItsPayload(string header) =>
        Wire.Expect(Reader, Hex.Bytes(header), Seen.Error(CloseCodes.MessageTooBig));

    [Fact]
    public void Read_FragmentsOverTheBound_AreTooBigAtTheHeaderThatProvesIt()
    {
        byte[] first = new byte[200];
        Wire.Expect(Reader, [.. Hex.Bytes("02 7E 00C8"), .. first, .. Hex.Bytes("80 65")], Seen.Error(CloseCodes.MessageTooBig));
        Wire.Expect(
            Reader, [.. Hex.Bytes("02 7E 00C8"), .. first, .. Hex.Bytes("80 7F 7FFFFFFFFFFFFFFF")], Seen.Error(CloseCodes.MessageTooBig));
    }

    [Fact]
    public void Read_MostFragments_AreOneMessage() =>
        Wire.Expect(Reader, Hex.Bytes("01 00 00 00 89 00 80 00"), Seen.Ping(""), Seen.Text(""));

    [Fact]
    public void Read_OneFragmentMore_IsTooBig() =>
        Wire.Expect(Reader, Hex.Bytes("01 00 00 00 00 00 80 00"), Seen.Error(CloseCodes.MessageTooBig));

    [Fact]
    public void Read_PromiseOfALargeMessage_HoldsOnlyWhatArrived()
    {
        using var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default);
        reader.Read(Hex.Bytes("82 7F 0000000000100000 01"), out _);
        Assert.InRange(reader.HeldBytes, 1, 256);
        reader.Read(new byte[5000], out _);
        Assert.InRange(reader.HeldBytes, 5001, 16384);
    }

    [Theory]
    [InlineData("82 03 01", "0203")]
    [InlineData("02 01 01 80 02 02", "03")]
    [InlineData("02 01 01", "80 01 02")]
    [InlineData("89 02 01", "02")]
    [InlineData("02 01 01 89 02 01", "02 80 00")]
    [InlineData("C2 07 F248CD", "C9C90700 81")]
    [InlineData("C2 07 F248CDC9C90700", "8A 01 01")]
    public void Read_UntilNeedMoreBetweenMessages_HoldsNothing(string first, string second)
    {
        using var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, new DeflateParameters(true, true));
        Assert.NotEmpty(Wire.Feed(reader, [Hex.Bytes(first), Hex.Bytes(second)]));
        Assert.Equal(0, reader.HeldBytes);
        Assert.True(reader.Payload.IsEmpty);
    }

    [Theory]
    [InlineData("02 03 010203 88 02", "03E8")]
    [InlineData("02 03 010203", "83")]
    public void Read_CloseOrErrorWithinAMessage_HoldsNothing(string start, string last)
    {
        using var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default);
        reader.Read(Hex.Bytes(start), out _);
        Assert.NotEqual(0, reader.HeldBytes);
        reader.Read(Hex.Bytes(last), out _);
        Assert.Equal(0, reader.HeldBytes);
    }

    [Fact]
    public void Dispose_WithinAMessage_HoldsNothingAndReadsNoMore()
    {
        var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default);
        reader.Read(Hex.Bytes("02 03 0102"), out _);
        reader.Dispose();
        reader.Dispose();
        Assert.Equal(0, reader.HeldBytes);
        Assert.Throws<ObjectDisposedException>(() => reader.Read(new byte[1], out _));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessageReaderOptions { MaxMessageSize = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessageReaderOptions { MaxMessageSize = int.MaxValue });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessageReaderOptions { MaxFragments = 0 });
    }

    private static MessageReader Reader() => new(WebSocketRole.Client, Small);
}
