namespace Kodama.WebSockets.Tests;

/// <summary>RFC 6455 section 9.1.</summary>
public class WebSocketExtensionTests
{
    [Theory]
    [InlineData("foo", "foo")]
    [InlineData("foo, bar; baz=2", "foo | bar baz=2")]
    [InlineData("deflate-stream", "deflate-stream")]
    [InlineData("mux; max-channels=4; flow-control, deflate-stream", "mux max-channels=4 flow-control | deflate-stream")]
    [InlineData("private-extension", "private-extension")]
    [InlineData("a;b=\"c\"", "a b=c")]
    [InlineData("a;b=\"c\\d\"", "a b=cd")]
    [InlineData("a; b; b; b=1", "a b b b=1")]
    [InlineData(" \ta ;\tb = c ,, d , ", "a b=c | d")]
    public void TryParse_WellFormed_HasNamesAndParameters(string header, string expected)
    {
        Assert.True(WebSocketExtension.TryParse(header, out IReadOnlyList<WebSocketExtension> extensions));
        Assert.Equal(expected, string.Join(" | ", extensions.Select(Print)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ,")]
    [InlineData("a b")]
    [InlineData("a;")]
    [InlineData("a;;b")]
    [InlineData("a;=b")]
    [InlineData("a;b=")]
    [InlineData("a;b==c")]
    [InlineData("a;b=c d")]
    [InlineData("a;b=\"\"")]
    [InlineData("a;b=\"c")]
    [InlineData("a;b=\"c\\")]
    [InlineData("a;b=\"c d\"")]
    [InlineData("a;b=\"c\\\"d\"")]
    [InlineData("a;b=\"c\"d")]
    [InlineData(";a")]
    [InlineData("a/b")]
    [InlineData("木霊")]
    [InlineData("a\0")]
    public void TryParse_OutsideTheGrammar_IsFalse(string header) => Assert.False(WebSocketExtension.TryParse(header, out _));

    private static string Print(WebSocketExtension extension) =>
        string.Join(' ', extension.Parameters.Select(p => p.Value is null ? p.Key : $"{p.Key}={p.Value}").Prepend(extension.Name));
}
