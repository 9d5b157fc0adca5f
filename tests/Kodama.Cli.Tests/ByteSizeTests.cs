namespace Kodama.Cli.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("65536", 65536)]
    [InlineData("64k", 65536)]
    [InlineData("64K", 65536)]
    [InlineData("64kb", 65536)]
    [InlineData("1m", 1048576)]
    [InlineData("2047m", 2146435072)]
    public void TryParse_Size_IsBytes(string text, int bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("-1")]
    [InlineData("1.5m")]
    [InlineData("1 m")]
    [InlineData("1km")]
    [InlineData("1g")]
    [InlineData("2048m")]
    [InlineData("9999999999")]
    public void TryParse_NoSize_IsRefused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
