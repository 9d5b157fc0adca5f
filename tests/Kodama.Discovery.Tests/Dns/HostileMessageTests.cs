namespace Kodama.Discovery.Tests;

public class HostileMessageTests
{
    [Theory]
    [InlineData("", "ends too early")]
    [InlineData("0000 8400 0000", "ends too early")]
    [InlineData("0000 0000 0001 0000 0000 0000", "a name ends after the message")]
    [InlineData("0000 0000 0001 0000 0000 0000 C00C 0001 0001", "points forward or to itself, to 12")]
    [InlineData("0000 0000 0001 0000 0000 0000 C00E C00C 0001 0001", "points forward or to itself, to 14")]
    [InlineData("0000 0000 0001 0000 0000 0000 01 'a' C00C 0001 0001", "points forward or to itself, to 12")]
    [InlineData("0000 0000 0001 0000 0000 0000 C0", "a name ends after the message")]
    [InlineData("0000 0000 0001 0000 0000 0000 05 'abc'", "a label ends after the message")]
    [InlineData("0000 0000 0001 0000 0000 0000 41 'a' 00 0001 0001", "a label of type 0x40")]
    [InlineData("0000 0000 0001 0000 0000 0000 01 'a' 00 0001", "ends too early")]
    [InlineData("0000 8400 0000 0001 0000 0000 01 'a' 00 0001 0001 00000078 0005 01020304", "data ends after the message")]
    [InlineData("0000 8400 0000 0001 0000 0000 01 'a' 00 0001 0001 00000078 0003 010203", "an address of 3 bytes")]
    [InlineData("0000 8400 0000 0001 0000 0000 01 'a' 00 001C 0001 00000078 0004 01020304", "an address of 4 bytes")]
    [InlineData("0000 8400 0000 0001 0000 0000 01 'a' 00 000C 0001 00000078 0001 C00C", "PTR record is not as long as it says")]
    [InlineData("0000 8400 0000 0001 0000 0000 01 'a' 00 0021 0001 00000078 0004 00000000", "ends too early")]
    [InlineData(
        "0000 8400 0000 0001 0000 0000 01 'a' 00 0010 0001 00000078 0003 05 'ab'", "a string of a TXT record ends after the record")]
    [InlineData("0000 8400 0000 0001 0000 0000 01 'a' 00 002F 0001 00000078 0005 C00C 00 21 00", "bad bitmap")]
    [InlineData("0000 8400 0000 0001 0000 0000 01 'a' 00 002F 0001 00000078 0004 C00C 00 00", "bad bitmap")]
    [InlineData("0000 8400 0000 FFFF 0000 0000 01 'a' 00 0001 0001 00000078 0004 01020304", "a name ends after the message")]
    public void TryRead_BrokenMessage_SaysWhatIsWrong(string dump, string expected)
    {
        Assert.False(DnsMessage.TryRead(Hex.Bytes(dump), out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_NameThatGrowsByPointers_EndsAt255Bytes()
    {
        // Each question's name is a label of 63 bytes before the name before: the fifth is too long.
        var questions = string.Concat(Enumerable.Range(0, 5).Select(i =>
            $"3F '{new string('a', 63)}' {(i == 0 ? "00" : $"C0{(byte)(12 + (i == 1 ? 0 : 69 + (i - 2) * 70)):X2}")} 0001 0001"));

        Assert.False(DnsMessage.TryRead(Hex.Bytes("0000 0000 0005 0000 0000 0000" + questions), out _, out var error));
        Assert.Contains("a name of more than 255 bytes", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void TryRead_ChainOfPointers_IsFollowedSixteenTimes(int pointers, bool sound)
    {
        // The first question's name is the root; of each further question it is a pointer to that of the one before.
        var questions = string.Concat(Enumerable.Range(0, pointers + 1).Select(i =>
            i == 0 ? "00 0001 0001" : $"C0{(byte)(i == 1 ? 12 : 17 + ((i - 2) * 6)):X2} 0001 0001"));

        Assert.Equal(sound, DnsMessage.TryRead(Hex.Bytes($"0000 0000 {pointers + 1:X4} 0000 0000 0000 {questions}"), out _, out var error));
        Assert.Equal(sound, error is null);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void TryRead_ManyQuestions_AreTooMany(int questions, bool sound)
    {
        var message = Hex.Bytes($"0000 0000 {questions:X4} 0000 0000 0000" + string.Concat(Enumerable.Repeat("00 0001 0001", questions)));

        Assert.Equal(sound, DnsMessage.TryRead(message, out _, out var error));
        Assert.Equal(sound, error is null);
    }

    [Fact]
    public void TryRead_AnyPrefixOfAMessage_IsRefusedWithAReason()
    {
        var packet = Packets.Answer();
        for (var length = 0; length < packet.Length; length++)
        {
            Assert.False(DnsMessage.TryRead(packet.AsSpan(0, length), out _, out var error));
            Assert.NotNull(error);
        }
        Assert.True(DnsMessage.TryRead(packet, out _, out _));
    }
}
