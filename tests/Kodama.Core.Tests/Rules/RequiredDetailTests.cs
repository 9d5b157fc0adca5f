namespace Kodama.Core.Tests;

public class RequiredDetailTests
{
    [Theory]
    [InlineData(null, "The detail \"name\" is missing: connect with one.")]
    [InlineData("  ", "The detail \"name\" is missing: connect with one.")]
    [InlineData("a", "The name \"a\" is too short: it takes at least 2 characters.")]
    [InlineData("abcdef", "The name \"abcdef\" is too long: it takes at most 5 characters.")]
    [InlineData("a b", "The name \"a b\" is not allowed. Use letters.")]
    [InlineData("ab\n", "The name \"ab \" is not allowed. Use letters.")]
    [InlineData("abc", null)]
    public async Task RequireDetail_Values_AreRefusedWithWhatIsWrong(string? value, string? refusal)
    {
        var hub = new Hub(rules: new HubRules().RequireDetail("name", 2, 5, "[a-z]+|[A-Z]+", "Use letters."));

        var admission = await hub.TryComeAsync(details: value is null ? [] : [("name", value)]);

        Assert.Equal(refusal, admission.IsAccepted ? null : admission.Refusal.Text);
    }

    [Fact]
    public async Task RequireDetail_PatternThatBacktracksForEver_AnswersAtOnce()
    {
        var hub = new Hub(rules: new HubRules().RequireDetail("name", pattern: "(a+)+b"));

        Assert.False((await hub.TryComeAsync(details: [("name", new string('a', 1024))])).IsAccepted);
    }

    [Fact]
    public void RequireDetail_OptionThatMakesNoSense_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HubRules().RequireDetail("name", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HubRules().RequireDetail("name", 5, 4));
        Assert.ThrowsAny<ArgumentException>(() => new HubRules().RequireDetail("name", pattern: "("));
    }
}
