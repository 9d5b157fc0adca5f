namespace Kodama.Discovery.Tests;

public class HubNameTests
{
    [Theory]
    [InlineData(null, "name", "Lounge", "Lounge")]
    [InlineData(null, "roomName", "Lounge", "Lounge")]
    [InlineData(null, "name", "  ", "host")]
    [InlineData(null, "other", "x", "host")]
    [InlineData("Lounge", "other", "x", "Lounge")]
    [InlineData("Lounge (2)", "name", "Lounge", "Lounge (2)")]
    [InlineData("Old", "name", "New", "New")]
    [InlineData("A name that was cut", "name", "A name that was cut to 63 bytes", "A name that was cut to 63 bytes")]
    [InlineData("\x1b[2JLounge\n", "other", "x", "\uFFFD[2JLounge\uFFFD")]
    [InlineData("a\u202Eb\u2028c\u200B\u2029\u2066", "other", "x", "a\uFFFDb\uFFFDc\uFFFD\uFFFD\uFFFD")]
    public void Of_WhatIsTold_IsTheNameForPeople(string? label, string key, string value, string name) =>
        Assert.Equal(name, HubName.Of(label, new Dictionary<string, string> { [key] = value }, "host"));

    [Fact]
    public void Of_LongName_IsCut() =>
        Assert.Equal(256, HubName.Of(null, new Dictionary<string, string> { ["name"] = new('x', 5000) }, "host").Length);
}
