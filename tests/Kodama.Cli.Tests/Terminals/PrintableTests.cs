using Kodama.Cli.Terminals;

namespace Kodama.Cli.Tests.Terminals;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("Lounge", "Lounge")]
    [InlineData("木霊 🌲 é", "木霊 🌲 é")]
    [InlineData("\e[2J\e]0;owned\a", "\\u{1b}[2J\\u{1b}]0;owned\\u{7}")]
    [InlineData("a\u009b31mb", "a\\u{9b}31mb")]
    [InlineData("a\nkodama: forged\r\tb", "a\\nkodama: forged\\r\\tb")]
    [InlineData("a\u202egnp.exe", "a\\u{202e}gnp.exe")]
    [InlineData("a\u2028b\u2066c", "a\\u{2028}b\\u{2066}c")]
    [InlineData("\0", "\\u{0}")]
    [InlineData("👩‍💻", "👩‍💻")]
    public void Line_OfStrangers_IsOneLineThatDoesNothing(string text, string shown) => Assert.Equal(shown, Printable.Line(text));

    [Fact]
    public void Line_HalfACharacter_IsReplaced() => Assert.Equal("a\ufffdb", Printable.Line("a\ud83db"));

    [Fact]
    public void Line_LongerThanAllowed_IsCut() => Assert.Equal("0123…", Printable.Line("0123456789", 4));

    [Fact]
    public void Line_EveryCharacterOfTheBasicPlane_HasNoControl()
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            Assert.DoesNotContain(Printable.Line(((char)c).ToString()), char.IsControl);
        }
    }
}
