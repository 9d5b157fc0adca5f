namespace Kodama.WebSockets.Tests;

/// <summary>RFC 6455 sections 5.4 and 5.5: fragments, and control frames between them.</summary>
public class MessageReaderFragmentationTests
{
    [Fact]
    public void Read_ManyFragments_AreOneMessage() =>
        Wire.ExpectOnClient("02 01 01 00 01 02 00 01 03 80 01 04", Seen.Binary([1, 2, 3, 4]));

    [Fact]
    public void Read_FragmentsWithTheirOwnMasks_AreOneMessage() =>
        Wire.ExpectOnServer("01 83 37FA213D 7F9F4D 80 82 01020304 6D6D", Seen.Text("Hello"));

    [Fact]
    public void Read_EmptyFragments_AddNothing() =>
        Wire.ExpectOnClient("01 00 00 00 00 02 6869 00 00 80 00", Seen.Text("hi"));

    [Fact]
    public void Read_AllFragmentsEmpty_AreAnEmptyMessage() => Wire.ExpectOnClient("01 00 80 00", Seen.Text(""));

    [Fact]
    public void Read_ControlFramesBetweenFragments_ComeFirst() => Wire.ExpectOnClient(
        "01 03 48656C 89 03 313233 8A 00 00 01 6C 89 01 34 80 01 6F",
        Seen.Ping("123"), Seen.Pong(""), Seen.Ping("4"), Seen.Text("Hello"));

    [Fact]
    public void Read_CloseBetweenFragments_EndsWithoutTheMessage() =>
        Wire.ExpectOnClient("01 03 48656C 88 02 03E8 80 02 6C6F", Seen.Close(CloseCodes.Normal));

    [Fact]
    public void Read_MessageAfterAFragmentedOne_StartsAnew() =>
        Wire.ExpectOnClient("01 01 61 80 01 62 82 01 63 02 01 64 80 01 65", Seen.Text("ab"), Seen.Binary("c"u8), Seen.Binary("de"u8));

    [Theory]
    [InlineData("80 00")]
    [InlineData("00 01 61")]
    [InlineData("89 00 80 01 61")]
    public void Read_ContinuationOfNothing_IsAProtocolError(string frames)
    {
        Seen[] before = frames.StartsWith("89", StringComparison.Ordinal) ? [Seen.Ping("")] : [];
        Wire.ExpectOnClient(frames, [.. before, Seen.Error(CloseCodes.ProtocolError)]);
    }

    [Fact]
    public void Read_ContinuationAfterAWholeMessage_IsAProtocolError() =>
        Wire.ExpectOnClient("81 01 61 80 01 62", Seen.Text("a"), Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("01 01 61 81 01 62")]
    [InlineData("01 01 61 01 01 62")]
    [InlineData("01 01 61 82 01 62")]
    [InlineData("02 00 00 00 02 00")]
    public void Read_NewMessageWithinAMessage_IsAProtocolError(string frames) =>
        Wire.ExpectOnClient(frames, Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("08 00")]
    [InlineData("09 00")]
    [InlineData("0A 00")]
    public void Read_FragmentedControlFrame_IsAProtocolError(string frame) =>
        Wire.ExpectOnClient(frame, Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("88 7E 007E")]
    [InlineData("89 7E 007E")]
    [InlineData("8A 7F 0000000000010000")]
    public void Read_ControlFrameOverItsBound_IsAProtocolError(string header) =>
        Wire.ExpectOnClient(header, Seen.Error(CloseCodes.ProtocolError));

    [Fact]
    public void Read_ControlFrameAtItsBound_IsWhole()
    {
        string payload = new('p', FrameWriter.MaxControlPayload);
        byte[] frame = new byte[140];
        int written = FrameWriter.Write(frame, Opcode.Ping, System.Text.Encoding.ASCII.GetBytes(payload), mask: 0x01020304);
        Wire.Expect(() => new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default), frame[..written], Seen.Ping(payload));
    }
}
