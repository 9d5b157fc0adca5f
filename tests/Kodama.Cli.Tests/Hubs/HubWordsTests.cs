using Kodama.Cli.Hubs;

namespace Kodama.Cli.Tests.Hubs;

public sealed class HubWordsTests
{
    [Theory]
    [InlineData(0, "-")]
    [InlineData(1.26, "1.3 ms")]
    [InlineData(12.6, "13 ms")]
    public void Latency_ThatNobodyMeasured_IsNoNumber(double milliseconds, string words) =>
        Assert.Equal(words, HubWords.Latency(TimeSpan.FromMilliseconds(milliseconds)));
}
