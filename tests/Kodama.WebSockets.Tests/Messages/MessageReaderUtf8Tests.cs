using System.Text;

namespace Kodama.WebSockets.Tests;

/// <summary>RFC 6455 sections 5.6 and 8.1.</summary>
public class MessageReaderUtf8Tests
{
    public static TheoryData<string> Invalid =>
    [
        "80", "BF", "C0AF", "C1BF", "C2", "C241", "E0809F", "E09F80", "E1", "E180", "E18041", "ED A080", "EDBFBF", "EF BFC0",
        "F0808080", "F08F8080", "F090", "F09080", "F0908041", "F4908080", "F5808080", "FE", "FF", "F888808080", "61 62 63 FF",
    ];

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Read_TextThatIsNotUtf8_IsInvalidPayload(string text)
    {
        byte[] bytes = Hex.Bytes(text);
        Wire.Expect(Client, [0x81, (byte)bytes.Length, .. bytes], Seen.Error(CloseCodes.InvalidPayload));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Read_FragmentedTextThatIsNotUtf8_IsInvalidPayload(string text)
    {
        byte[] bytes = Hex.Bytes(text);
        for (int cut = 0; cut <= bytes.Length; cut++)
            Wire.Expect(Client, Fragmented(bytes, cut), Seen.Error(CloseCodes.InvalidPayload));
    }

    [Theory]
    [InlineData("κόσμε")]
    [InlineData("木霊")]
    [InlineData("a¢€𐍈 \u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010FFFF")]
    public void Read_TextCutWithinCharacters_IsWhole(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int cut = 0; cut <= bytes.Length; cut++)
            Wire.Expect(Client, Fragmented(bytes, cut), Seen.Text(text));
    }

    [Theory]
    [InlineData("01 02 CEBA", "00 01 FF")]
    [InlineData("01 03 F09080", "00 01 41")]
    [InlineData("01 02 CEBA", "80 7D F5")]
    [InlineData("01 02 CEBA", "80 7E 0400 61 62 C0")]
    [InlineData("81 7E 0400 61", "ED A0")]
    public void Read_FirstWrongByte_FailsBeforeTheRestArrives(string good, string bad)
    {
        using MessageReader reader = Client();
        Assert.Equal(ReadEvent.NeedMore, reader.Read(Hex.Bytes(good), out _));
        Assert.Equal(ReadEvent.Error, reader.Read(Hex.Bytes(bad), out _));
        Assert.Equal(CloseCodes.InvalidPayload, reader.CloseCode);
    }

    [Fact]
    public void Read_InvalidUtf8InBinary_IsFine() => Wire.ExpectOnClient("82 02 C0AF", Seen.Binary([0xC0, 0xAF]));

    [Fact]
    public void Read_CutCharacterOfABinaryMessage_DoesNotReachTheNextText() =>
        Wire.ExpectOnClient("02 01 F0 80 01 90 01 01 61 80 01 62", Seen.Binary([0xF0, 0x90]), Seen.Text("ab"));

    private static byte[] Fragmented(byte[] text, int cut) =>
        [0x01, (byte)cut, .. text[..cut], 0x80, (byte)(text.Length - cut), .. text[cut..]];

    private static MessageReader Client() => new(WebSocketRole.Client, MessageReaderOptions.Default);
}
