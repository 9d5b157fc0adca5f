using System.Text;

namespace Kodama.Discovery.Tests;

public class DetailsJsonTests
{
    [Fact]
    public void Parse_ObjectOfStrings_IsTheDetails()
    {
        var details = DetailsJson.Parse(Encoding.UTF8.GetBytes(""" {"name":"Lounge \u00fc","":"empty","name":"Last"} """))!;
        Assert.Equal("Last", details["name"]);
        Assert.Equal("empty", details[""]);
    }

    [Fact]
    public void Parse_OtherValues_AreKeptAsTheirText()
    {
        var details = DetailsJson.Parse("""{"a":1.50,"b":[1, {"c":"d"}],"e":null,"f":true,"g":{}}"""u8)!;
        Assert.Equal(["1.50", """[1, {"c":"d"}]""", "null", "true", "{}"], details.Values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("""{"a":}""")]
    [InlineData("""{"a":"b"} more""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("{'a':1}")]
    public void Parse_AnythingElse_IsNoDetails(string json) => Assert.Null(DetailsJson.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Parse_MoreThanMayBe_KeepsTheFirst()
    {
        Assert.Equal(64, Parse(64, 10)!.Count);
        Assert.Equal(64, Parse(65, 10)!.Count);
        Assert.Equal(["0", "1"], Parse(3, 4000)!.Keys.Order());
        Assert.NotNull(DetailsJson.Parse(Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Repeat("\"a\":1", 500)) + "}")));
    }

    private static Dictionary<string, string>? Parse(int count, int length) =>
        DetailsJson.Parse(Encoding.UTF8.GetBytes(
            "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i}\":\"{new string('x', length)}\"")) + "}"));

    [Fact]
    public void Parse_BrokenUtf8OrDeepNesting_IsNoDetails()
    {
        Assert.Null(DetailsJson.Parse([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']));
        Assert.Null(DetailsJson.Parse(Encoding.ASCII.GetBytes("{\"a\":" + new string('[', 10_000))));
    }
}
