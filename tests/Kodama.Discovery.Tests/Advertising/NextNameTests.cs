using System.Text;

namespace Kodama.Discovery.Tests;

public class NextNameTests
{
    [Theory]
    [InlineData("Lounge", "Lounge (2)")]
    [InlineData("Lounge (2)", "Lounge (3)")]
    [InlineData("Lounge (9)", "Lounge (10)")]
    [InlineData("Lounge (1)", "Lounge (1) (2)")]
    [InlineData("Lounge (b)", "Lounge (b) (2)")]
    [InlineData("Area (2025123)", "Area (2025123) (2)")]
    [InlineData("(2)", "(2) (2)")]
    public void OfInstance_Name_IsCounted(string name, string expected) => Assert.Equal(expected, NextName.OfInstance(name));

    [Theory]
    [InlineData("hub", "hub-2")]
    [InlineData("hub-2", "hub-3")]
    [InlineData("kodama-012345678901", "kodama-012345678901-2")]
    public void OfHost_Name_IsCounted(string name, string expected) => Assert.Equal(expected, NextName.OfHost(name));

    [Fact]
    public void OfInstance_LongestName_IsCutAtACharactersEnd()
    {
        var next = NextName.OfInstance(string.Concat(Enumerable.Repeat("木", 21)));

        Assert.EndsWith("木 (2)", next, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(next), 60, 63);
    }
}
