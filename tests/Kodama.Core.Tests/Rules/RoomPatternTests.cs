namespace Kodama.Core.Tests;

public class RoomPatternTests
{
    [Theory]
    [InlineData("lobby", "lobby", true)]
    [InlineData("lobby", "Lobby", false)]
    [InlineData("lobby", "lobby2", false)]
    [InlineData("*", "anything/at all", true)]
    [InlineData("team/*", "team/red", true)]
    [InlineData("team/*", "team/", true)]
    [InlineData("team/*", "team", false)]
    [InlineData("*/private", "a/b/private", true)]
    [InlineData("*/private", "a/private/b", false)]
    [InlineData("a*b*c", "abc", true)]
    [InlineData("a*b*c", "a-b-b-c-c", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("**", "x", true)]
    [InlineData("a.c", "abc", false)]
    public void Pattern_Matches_TheWholeName(string pattern, string name, bool matches) =>
        Assert.Equal(matches, new RoomPattern(pattern).Matches(name));

    [Fact]
    public void Pattern_OfManyStars_DoesNotExplode()
    {
        var pattern = new RoomPattern(string.Concat(Enumerable.Repeat("a*", 64)) + "b");

        Assert.False(pattern.Matches(new string('a', 128)));
    }

    [Fact]
    public void Pattern_Empty_IsRefused() => Assert.Throws<ArgumentException>(() => new HubRules().OnlyRooms(""));
}
