namespace Kodama.Pusher.Tests;

public class LogTests
{
    [Fact]
    public void LoggerMessages_OfTheAssembly_HaveUniqueEventIds()
    {
        var ids = LogEventIds.Of(typeof(PusherOptions).Assembly);

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
