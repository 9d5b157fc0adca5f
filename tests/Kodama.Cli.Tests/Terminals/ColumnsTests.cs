using Kodama.Cli.Terminals;

namespace Kodama.Cli.Tests.Terminals;

public sealed class ColumnsTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("木霊", 4)]
    [InlineData("ｱ", 1)]
    [InlineData("Ａ", 2)]
    [InlineData("한글", 4)]
    [InlineData("🌲", 2)]
    [InlineData("⚡✅", 4)]
    public void Of_Text_IsWhatATerminalTakes(string text, int columns) => Assert.Equal(columns, Columns.Of(text));

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("木霊", 3, "木")]
    [InlineData("木霊", 4, "木霊")]
    [InlineData("🌲a", 1, "")]
    public void Fit_Text_IsCutBetweenCharacters(string text, int columns, string shown) => Assert.Equal(shown, Columns.Fit(text, columns));
}
