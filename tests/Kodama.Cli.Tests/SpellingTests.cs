namespace Kodama.Cli.Tests;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("serve", "serve", 0)]
    [InlineData("sevre", "serve", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("Port", "port", 0)]
    [InlineData("prot", "port", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Apart_OfTwoWords_CountsChanges(string one, string other, int apart)
    {
        Assert.Equal(apart, Spelling.Apart(one, other));
        Assert.Equal(apart, Spelling.Apart(other, one));
    }

    [Theory]
    [InlineData("--prot", "--port")]
    [InlineData("--hots", "--host")]
    [InlineData("-port", "--port")]
    [InlineData("--ports", "--port")]
    [InlineData("--alowed-hosts", "--allowed-host")]
    [InlineData("--www", null)]
    [InlineData("--colour", null)]
    [InlineData("-x", null)]
    public void Nearest_OfNames_IsOneThatIsNearOrNone(string written, string? name) =>
        Assert.Equal(name, Spelling.Nearest(written, ["--host", "--port", "--allowed-host", "-p"]));
}
