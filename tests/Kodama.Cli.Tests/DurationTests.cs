namespace Kodama.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("3", 3000)]
    [InlineData("3s", 3000)]
    [InlineData("0.5", 500)]
    [InlineData("500ms", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("86400", 86_400_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1d", 86_400_000)]
    public void TryParse_Time_IsMilliseconds(string text, int milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("25h")]
    [InlineData("2d")]
    [InlineData("1dm")]
    [InlineData("1 s")]
    [InlineData("3sm")]
    [InlineData("1e9")]
    [InlineData("NaN")]
    [InlineData("86401")]
    [InlineData("99999999999999999999")]
    public void TryParse_NoTime_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));
}
