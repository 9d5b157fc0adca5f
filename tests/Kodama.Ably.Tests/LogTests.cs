namespace Kodama.Ably.Tests;

public class LogTests
{
    [Fact]
    public void LoggerMessages_OfTheAssembly_HaveUniqueEventIds()
    {
        var ids = LogEventIds.Of(typeof(AblyOptions).Assembly);

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
