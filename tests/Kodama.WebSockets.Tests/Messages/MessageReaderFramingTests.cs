namespace Kodama.WebSockets.Tests;

/// <summary>RFC 6455 sections 5.1, 5.2, 5.3, 5.6 and 5.7. Masks of zero keep the payload of a client's frames readable.</summary>
public class MessageReaderFramingTests
{
    [Fact]
    public void Read_UnmaskedTextOfTheRfc_IsHello() => Wire.ExpectOnClient("81 05 48656C6C6F", Seen.Text("Hello"));

    [Fact]
    public void Read_MaskedTextOfTheRfc_IsHello() => Wire.ExpectOnServer("81 85 37FA213D 7F9F4D5158", Seen.Text("Hello"));

    [Fact]
    public void Read_FragmentedTextOfTheRfc_IsHello() => Wire.ExpectOnClient("01 03 48656C 80 02 6C6F", Seen.Text("Hello"));

    [Fact]
    public void Read_PingAndPongOfTheRfc_HaveTheirPayload()
    {
        Wire.ExpectOnClient("89 05 48656C6C6F", Seen.Ping("Hello"));
        Wire.ExpectOnServer("8A 85 37FA213D 7F9F4D5158", Seen.Pong("Hello"));
    }

    [Theory]
    [InlineData(256, "82 7E 0100")]
    [InlineData(65536, "82 7F 0000000000010000")]
    public void Read_LongBinaryOfTheRfc_IsWhole(int length, string header)
    {
        byte[] payload = Pattern(length);
        Wire.Expect(Client, [.. Hex.Bytes(header), .. payload], Seen.Binary(payload));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Read_LengthsAroundEveryForm_AreWhole(int length)
    {
        byte[] payload = Pattern(length);
        byte[] frame = new byte[FrameWriter.MaxHeaderSize + length];
        int written = FrameWriter.Write(frame, Opcode.Binary, payload, mask: 0xA1B2C3D4);
        Wire.Expect(Server, frame[..written], Seen.Binary(payload));
    }

    [Fact]
    public void Read_EmptyFrames_AreEmptyMessages() =>
        Wire.ExpectOnServer("81 80 01020304 82 80 01020304 89 80 01020304", Seen.Text(""), Seen.Binary([]), Seen.Ping(""));

    [Fact]
    public void Read_ManyFramesAtOnce_ComeOneByOne() => Wire.ExpectOnServer(
        "81 81 00000000 61 82 81 00000000 62 89 81 00000000 63 81 81 00000000 64",
        Seen.Text("a"), Seen.Binary("b"u8), Seen.Ping("c"), Seen.Text("d"));

    [Fact]
    public void Read_FrameWhollyInInput_IsNotCopied()
    {
        byte[] input = Hex.Bytes("81 85 37FA213D 7F9F4D5158");
        using MessageReader reader = Server();
        Assert.Equal(ReadEvent.Message, reader.Read(input, out int consumed));
        Assert.Equal(input.Length, consumed);
        Assert.True(reader.Payload.Span.Overlaps(input.AsSpan(6), out int offset));
        Assert.Equal(0, offset);
    }

    [Theory]
    [InlineData("81 05 48656C6C6F")]
    [InlineData("89 00")]
    [InlineData("88 00")]
    public void Read_UnmaskedFrameFromAClient_IsAProtocolError(string frame) =>
        Wire.ExpectOnServer(frame, Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("81 85 37FA213D 7F9F4D5158")]
    [InlineData("89 80 00000000")]
    [InlineData("88 80 00000000")]
    public void Read_MaskedFrameFromAServer_IsAProtocolError(string frame) =>
        Wire.ExpectOnClient(frame, Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x20)]
    [InlineData(0x10)]
    [InlineData(0x70)]
    public void Read_ReservedBitWithoutExtension_IsAProtocolError(int bits)
    {
        foreach (int opcode in (int[])[0x0, 0x1, 0x2, 0x8, 0x9, 0xA])
            Wire.Expect(Server, [(byte)(0x80 | bits | opcode), 0x80, 0, 0, 0, 0], Seen.Error(CloseCodes.ProtocolError));
    }

    [Theory]
    [InlineData(0x3)]
    [InlineData(0x4)]
    [InlineData(0x5)]
    [InlineData(0x6)]
    [InlineData(0x7)]
    [InlineData(0xB)]
    [InlineData(0xC)]
    [InlineData(0xD)]
    [InlineData(0xE)]
    [InlineData(0xF)]
    public void Read_ReservedOpcode_IsAProtocolError(int opcode) =>
        Wire.Expect(Server, [(byte)(0x80 | opcode), 0x80, 0, 0, 0, 0], Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("82 FE 0000")]
    [InlineData("82 FE 007D")]
    [InlineData("82 FF 0000000000000000")]
    [InlineData("82 FF 000000000000007D")]
    [InlineData("82 FF 000000000000FFFF")]
    public void Read_LengthNotInItsShortestForm_IsAProtocolError(string header) =>
        Wire.ExpectOnServer(header + "00000000", Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("82 FF 8000000000000000")]
    [InlineData("82 FF FFFFFFFFFFFFFFFF")]
    public void Read_LengthWithTheHighestBit_IsAProtocolError(string header) =>
        Wire.ExpectOnServer(header + "00000000", Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("83")]
    [InlineData("91")]
    [InlineData("09")]
    [InlineData("81 05")]
    [InlineData("89 FE")]
    [InlineData("82 FE 0001")]
    public void Read_BadHeader_IsKnownBeforeItsEnd(string start) => Wire.ExpectOnServer(start, Seen.Error(CloseCodes.ProtocolError));

    internal static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static MessageReader Server() => new(WebSocketRole.Server, MessageReaderOptions.Default);

    private static MessageReader Client() => new(WebSocketRole.Client, MessageReaderOptions.Default);
}
