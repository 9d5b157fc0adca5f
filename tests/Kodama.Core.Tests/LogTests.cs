using Kodama.Testing;

namespace Kodama.Core.Tests;

public class LogTests
{
    [Fact]
    public void LoggerMessages_OfTheAssembly_HaveUniqueEventIds()
    {
        var ids = LogEventIds.Of(typeof(Hub).Assembly);

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
