namespace Kodama.SocketIO.Tests;

public class LogTests
{
    [Fact]
    public void LoggerMessages_OfTheAssembly_HaveUniqueEventIds()
    {
        var ids = LogEventIds.Of(typeof(SocketIOServer).Assembly);

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
