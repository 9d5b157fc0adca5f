namespace Kodama.Ably.Tests;

/// <summary>docs/specs/ably.md, A7.</summary>
public class CapabilityTests
{
    [Theory]
    [InlineData("""{"*":["*"]}""", "tea", true)]
    [InlineData("""{"*":["*"]}""", "a:b:c", true)]
    [InlineData("""{"*":["*"]}""", "[meta]occupancy:tea", false)]
    [InlineData("""{"[*]*":["*"]}""", "[meta]occupancy:tea", true)]
    [InlineData("""{"[*]*":["*"]}""", "tea", true)]
    [InlineData("""{"[meta]*":["*"]}""", "[meta]occupancy:tea", true)]
    [InlineData("""{"[meta]*":["*"]}""", "tea", false)]
    [InlineData("""{"tea":["*"]}""", "tea", true)]
    [InlineData("""{"tea":["*"]}""", "tea:green", false)]
    [InlineData("""{"tea*":["*"]}""", "teapot", false)]
    [InlineData("""{"tea*":["*"]}""", "tea*", true)]
    [InlineData("""{"tea:*":["*"]}""", "tea:green", true)]
    [InlineData("""{"tea:*":["*"]}""", "tea:green:japan", true)]
    [InlineData("""{"tea:*":["*"]}""", "tea", false)]
    [InlineData("""{"tea:*":["*"]}""", "teapot:x", false)]
    [InlineData("""{"tea:*:japan":["*"]}""", "tea:green:japan", true)]
    [InlineData("""{"tea:*:japan":["*"]}""", "tea:green:black:japan", false)]
    [InlineData("""{"tea:*:japan":["*"]}""", "tea:green", false)]
    public void A7_Resource_MatchesByWholeSegments(string capability, string channel, bool matches) =>
        Assert.Equal(matches, Capability.Parse(capability)!.On(channel) == Operations.All);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"tea":[]}""")]
    [InlineData("""{"tea":"*"}""")]
    [InlineData("""{"tea":["publish_"]}""")]
    [InlineData("""{"tea":["*","publish"]}""")]
    [InlineData("""{"tea":["publish","*"]}""")]
    [InlineData("""{"tea":[1]}""")]
    [InlineData("""{"":["*"]}""")]
    public void Parse_OfWhatIsNoCapability_IsNull(string text) => Assert.Null(Capability.Parse(text));

    [Theory]
    [InlineData("""{"*":["*"]}""", """{"tea":["subscribe","publish"]}""", """{"tea":["subscribe","publish"]}""")]
    [InlineData("""{"tea":["subscribe","publish"]}""", """{"*":["*"]}""", """{"tea":["subscribe","publish"]}""")]
    [InlineData("""{"tea":["*"]}""", """{"tea":["publish","subscribe"]}""", """{"tea":["publish","subscribe"]}""")]
    [InlineData("""{"tea:*":["*"],"x":["*"]}""", """{"tea:green":["publish"],"y":["*"]}""", """{"tea:green":["publish"]}""")]
    [InlineData("""{"tea:green":["publish"]}""", """{"tea:*":["publish"],"tea:green":["subscribe"]}""", """{"tea:green":["publish"]}""")]
    [InlineData("""{"tea":["publish"]}""", """{"tea":["subscribe"]}""", null)]
    [InlineData("""{"tea":["publish"]}""", """{"tea:*":["publish"]}""", null)]
    [InlineData("""{"*":["publish"]}""", """{"[meta]*":["publish"]}""", null)]
    public void A7_Both_MayDoNoMoreThanEach(string one, string other, string? both) =>
        Assert.Equal(both, Capability.Parse(one)!.And(Capability.Parse(other)!)?.Text);

    [Fact]
    public void A7_AnyNumberOfSegments_IsNotCoveredByOne()
    {
        var one = Capability.Parse("""{"tea:*:x":["publish"]}""")!;
        var many = Capability.Parse("""{"tea:*":["publish"]}""")!;

        Assert.Equal("""{"tea:*:x":["publish"]}""", one.And(many)!.Text);
        Assert.Equal(Operations.None, one.And(many)!.On("tea:a:y"));
    }
}
