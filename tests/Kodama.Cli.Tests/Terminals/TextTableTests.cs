using Kodama.Cli.Terminals;

namespace Kodama.Cli.Tests.Terminals;

public sealed class TextTableTests
{
    [Fact]
    public void Lines_OfCells_StandBelowEachOther() => Assert.Equal(
        ["\e[1mNAME    ADDRESS  DETAILS\e[0m", "Lounge  a        floor=2", "        b", "木霊    c"],
        TextTable.Lines(
            [
                new([["NAME"], ["ADDRESS"], ["DETAILS"]], TextStyle.Bold),
                new([["Lounge"], ["a", "b"], ["floor=2"]], TextStyle.Plain),
                new([["木霊"], ["c"], [""]], TextStyle.Plain),
            ],
            80));

    [Theory]
    [InlineData("floor=2, wing=east, door=5", "n  floor=2, wing=east,", "   door=5")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "n  abcdefghijklmnopqrst", "   uvwxyz")]
    [InlineData("floor=2, wing=east12", "n  floor=2, wing=east12")]
    [InlineData("floor=2, wing=east1, a", "n  floor=2, wing=east1,", "   a")]
    public void Lines_OfALongLastCell_WrapAtItsCommas(string details, params string[] lines) =>
        Assert.Equal(lines, TextTable.Lines([new([["n"], [details]], TextStyle.Plain)], 24));

    [Theory]
    [InlineData(28, false)]
    [InlineData(29, true)]
    public void Fits_WhatTheLastColumnNeeds_IsLittle(int width, bool fits) =>
        Assert.Equal(fits, TextTable.Fits([new([["name"], ["addr"], ["a last one, of any length"]], TextStyle.Plain)], width));

    [Fact]
    public void Blocks_OfRows_HaveEveryLineOfEveryCell() => Assert.Equal(
        ["A long na", "me", "  http://", "  [fe80::", "  1]:8080", "  mDNS", "Attic"],
        TextTable.Blocks(
            [
                new([["A long name"], ["http://[fe80::1]:8080"], [""], ["mDNS"]], TextStyle.Plain),
                new([["Attic"], [""], [""], [""]], TextStyle.Plain),
            ],
            10));

    [Fact]
    public void Lines_OfATerminalThatIsTooNarrow_KeepRoomForTheLastCell() => Assert.Equal(
        ["a name of 20 letters  0123456789012345", "                      6"],
        TextTable.Lines([new([["a name of 20 letters"], ["01234567890123456"]], TextStyle.Plain)], 10));

    [Fact]
    public void Blocks_OfATerminalOfThreeColumns_EndWithWideCharactersToo() => Assert.Equal(
        ["木", "霊", "  森"],
        TextTable.Blocks([new([["木霊"], ["森"]], TextStyle.Plain)], 3).Take(10));
}
