using static Kodama.Core.Tests.FilterTester;

namespace Kodama.Core.Tests;

public class BannedWordsTests
{
    private const string Why = "It contains a word that is not allowed here.";

    [Theory]
    [InlineData("class assessment", true)]
    [InlineData("An ASS!", false)]
    [InlineData("ass", false)]
    [InlineData("bass ass", false)]
    [InlineData("ass_1", true)]
    [InlineData("a dumb idea", true)]
    [InlineData("a dumb luck", false)]
    [InlineData("Österreich", true)]
    [InlineData("ein ÖSE", false)]
    [InlineData("お前は馬鹿だ", false)]
    [InlineData("", true)]
    public async Task BanWords_Texts_DropsThoseWithAWholeWord(string text, bool passes)
    {
        var tester = await MakeAsync(rules => rules.BanWords(["ass", "dumb luck", "öse", "馬鹿"]));

        if (passes) await tester.PassesAsync(text);
        else await tester.DropsAsync(text, Why);
    }

    [Fact]
    public async Task BanWords_Replace_PutsAnAsteriskForEachCharacter()
    {
        var tester = await MakeAsync(rules => rules.BanWords(["bad", "bad luck", "馬鹿"], BannedWordAction.Replace));

        await tester.PassesAsync("Bad bad luck, badly: 馬鹿", "*** ********, badly: **");
        await tester.PassesAsync("good");
    }

    [Fact]
    public async Task BanWords_ReplaceInArguments_ChangesStringsAndKeepsTheRestByteForByte()
    {
        var tester = await MakeAsync(rules => rules.BanWords(["bad"], BannedWordAction.Replace));

        await tester.PassesAsync(
            Json("""[ 1.50, "b\u0061d \"x\" é", {"bad": ["so BAD"]}, null]"""), """[ 1.50, "*** \"x\" é", {"bad": ["so ***"]}, null]""");
    }

    [Theory]
    [InlineData("""["fine", "very b\u0061d"]""", Why)]
    [InlineData("""["fine" """, "Its arguments are not JSON.")]
    [InlineData("""["\ud800"]""", "Its arguments are not JSON.")]
    public async Task BanWords_Arguments_DropsThem(string arguments, string why)
    {
        var tester = await MakeAsync(rules => rules.BanWords(["bad"]));

        await tester.DropsAsync(Json(arguments), why);
    }

    [Fact]
    public async Task BanWords_Binary_PassesUnread()
    {
        var tester = await MakeAsync(rules => rules.BanWords(["bad"]));

        await tester.PassesAsync(Payload.Of("bad"u8.ToArray()));
    }

    [Fact]
    public void BanWords_EmptyWord_Throws() => Assert.Throws<ArgumentException>(() => new HubRules().BanWords(["bad", " "]));
}
