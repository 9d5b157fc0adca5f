namespace Kodama.Server.Tests;

public sealed class HeadEndTests
{
    private const string Head = "GET / HTTP/1.1\r\nHost: a\r\r\n\r\nbody";

    [Fact]
    public void IsIn_SplitAnywhere_FindsTheEnd()
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(Head);
        var end = Head.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        for (var split = 0; split <= bytes.Length; split++)
        {
            var head = new HeadEnd();

            Assert.Equal(split >= end, head.IsIn(bytes.AsSpan(0, split)));
            if (split < end) Assert.True(head.IsIn(bytes.AsSpan(split)), $"split at {split}");
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("\n\n\r\r\n\n\r\n\n\r")]
    public void IsIn_OfWhatHasNoEmptyLine_FindsNone(string bytes) =>
        Assert.False(new HeadEnd().IsIn(System.Text.Encoding.ASCII.GetBytes(bytes)));
}
