namespace Kodama.Server.Tests;

public class HubAboutTests
{
    private static readonly HubAbout About = new("5d41", "Lounge", ["http://10.0.0.5:8080/hub"], 3, 2, "0.1.0", DateTimeOffset.UnixEpoch);

    [Fact]
    public void About_IsReadAsItWasWritten()
    {
        var read = HubAbout.Read(About.Write())!;
        Assert.Equal(About with { Addresses = read.Addresses }, read);
        Assert.Equal(About.Addresses, read.Addresses);
    }

    [Fact]
    public void About_OfALongName_FitsIntoWhatMayBeTold() =>
        Assert.InRange((About with { Name = new string('木', 10_000) }).Write().Length, 0, 4096);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"hub":null,"name":"a","addresses":[],"peers":1,"rooms":1,"version":"","since":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"hub":"a","name":"a","addresses":["javascript:x"],"peers":1,"rooms":1,"version":"","since":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"hub":"a","name":"a","addresses":["http://u:p@a"],"peers":1,"rooms":1,"version":"","since":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"hub":"a","name":"a","addresses":["/a"],"peers":1,"rooms":1,"version":"","since":"2026-01-01T00:00:00Z"}""")]
    public void About_ThatIsNone_IsNotRead(string text) => Assert.Null(HubAbout.Read(text));

    [Fact]
    public void About_OfTooManyAddressesOrTooLong_IsNotRead()
    {
        var many = Enumerable.Range(0, 9).Select(static i => $"http://10.0.0.{i}").ToList();
        Assert.Null(HubAbout.Read((About with { Addresses = many }).Write()));
        Assert.Null(HubAbout.Read(About.Write() + new string(' ', 4096)));
    }
}
