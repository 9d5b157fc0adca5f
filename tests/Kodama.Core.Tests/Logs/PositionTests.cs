namespace Kodama.Core.Tests;

public class PositionTests
{
    [Theory]
    [InlineData("k3J-_a:0", "k3J-_a", 0)]
    [InlineData("A:9223372036854775807", "A", long.MaxValue)]
    [InlineData("A:00000000000000000012", "A", 12)]
    [InlineData("A:      12", "A", 12)]
    public void TryParse_WrittenForm_IsRead(string text, string epoch, long offset)
    {
        Assert.True(Position.TryParse(text, out var position));
        Assert.Equal(new Position(epoch, offset), position);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":1")]
    [InlineData("A")]
    [InlineData("A:")]
    [InlineData("A:-1")]
    [InlineData("A:1.0")]
    [InlineData("A:9223372036854775808")]
    [InlineData("A:1:2")]
    [InlineData("A b:1")]
    [InlineData("日本:1")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(Position.TryParse(text, out _));

    [Fact]
    public void ToString_IsReadAgain()
    {
        var position = new Position("k3Jx", 128);

        Assert.Equal("k3Jx:128", position.ToString());
        Assert.True(Position.TryParse(position.ToString(), out var read));
        Assert.Equal(position, read);
    }
}
