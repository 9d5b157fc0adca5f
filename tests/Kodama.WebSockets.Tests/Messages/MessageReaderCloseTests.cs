namespace Kodama.WebSockets.Tests;

/// <summary>RFC 6455 sections 5.5.1 and 7.</summary>
public class MessageReaderCloseTests
{
    [Fact]
    public void Read_CloseWithoutCode_Is1005() => Wire.ExpectOnServer("88 80 00000000", Seen.Close(CloseCodes.NoStatus));

    [Fact]
    public void Read_CloseWithCode_HasIt() => Wire.ExpectOnServer("88 82 00000000 03E9", Seen.Close(CloseCodes.GoingAway));

    [Fact]
    public void Read_CloseWithReason_HasBoth() =>
        Wire.ExpectOnServer("88 88 00000000 0FA0 E69CA8 E99C8A", Seen.Close(4000, "木霊"));

    [Fact]
    public void Read_CloseWithTheLongestReason_HasAllOfIt()
    {
        string reason = new('r', FrameWriter.MaxCloseReason);
        byte[] frame = new byte[140];
        int written = FrameWriter.WriteClose(frame, CloseCodes.Normal, reason);
        Wire.Expect(() => new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default), frame[..written], Seen.Close(CloseCodes.Normal, reason));
    }

    [Fact]
    public void Read_CloseOfOneByte_IsAProtocolError() => Wire.ExpectOnServer("88 81 00000000 03", Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("0000")]
    [InlineData("03E7")]
    [InlineData("03EC")]
    [InlineData("03ED")]
    [InlineData("03EE")]
    [InlineData("03F7")]
    [InlineData("07D0")]
    [InlineData("0BB7")]
    [InlineData("1388")]
    [InlineData("FFFF")]
    public void Read_CloseWithACodeThatMayNotBeSent_IsAProtocolError(string code) =>
        Wire.ExpectOnServer("88 82 00000000" + code, Seen.Error(CloseCodes.ProtocolError));

    [Fact]
    public void Read_CloseReasonThatIsNotUtf8_IsInvalidPayload() =>
        Wire.ExpectOnServer("88 84 00000000 03E8 C328", Seen.Error(CloseCodes.InvalidPayload));

    [Fact]
    public void Read_AfterClose_DiscardsAndRepeats() => AssertRepeats("88 82 00000000 03E8", ReadEvent.Close, CloseCodes.Normal);

    [Fact]
    public void Read_AfterError_DiscardsAndRepeats() => AssertRepeats("83 80 00000000", ReadEvent.Error, CloseCodes.ProtocolError);

    [Fact]
    public void CloseReason_AfterError_NamesTheValue()
    {
        using var reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default);
        reader.Read(Hex.Bytes("8B 80 00000000"), out _);
        Assert.Equal("Opcode 0xB is reserved.", reader.CloseReason);
    }

    private static void AssertRepeats(string frame, ReadEvent expected, ushort code)
    {
        using var reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default);
        Assert.Equal(expected, reader.Read(Hex.Bytes(frame), out _));
        byte[] later = Hex.Bytes("81 81 00000000 61");
        Assert.Equal(expected, reader.Read(later, out int consumed));
        Assert.Equal(later.Length, consumed);
        Assert.Equal(code, reader.CloseCode);
    }
}
