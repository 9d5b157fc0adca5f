using System.Text;
using System.Text.Json;

namespace Kodama.Core.Tests;

public class JsonEscapesTests
{
    [Theory]
    [InlineData("""["\ud83d\ude00"]""", true)]
    [InlineData("""["\uD83D\uDE00\uDBFF\uDFFF"]""", true)]
    [InlineData("""["\\ud800","\\\\","\"\/\n","\u0041","\ud7ff\ue000"]""", true)]
    [InlineData("""{}""", true)]
    [InlineData("", true)]
    [InlineData("""["\ud800"]""", false)]
    [InlineData("""["\uDFFF"]""", false)]
    [InlineData("""["\ud83dx\ude00"]""", false)]
    [InlineData("""["\ud83d","\ude00"]""", false)]
    [InlineData("""["\ud83d\ud83d\ude00"]""", false)]
    [InlineData("""["\ud83d\n"]""", false)]
    [InlineData("""["\ud83d\\ude00"]""", false)]
    [InlineData("""[{"\udc00":1}]""", false)]
    public void AreWhole_Json_SaysSo(string json, bool whole) => Assert.Equal(whole, JsonEscapes.AreWhole(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void AreWhole_EveryStringOfUpToFourParts_IsWhatThePlatformsReaderCanRead()
    {
        string[] parts = ["", @"\ud800", @"\udbff", @"\uDC00", @"\udfff", @"\u0041", @"\\", @"\n", "u", "d800"];
        var read = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var json = Encoding.UTF8.GetBytes($"\"{parts[i % 10]}{parts[i / 10 % 10]}{parts[i / 100 % 10]}{parts[i / 1000]}\"");
            var isReadable = IsReadable(json);
            Assert.True(isReadable == JsonEscapes.AreWhole(json), Encoding.UTF8.GetString(json));
            if (isReadable) read++;
        }
        Assert.InRange(read, 1000, 9000);
    }

    private static bool IsReadable(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
