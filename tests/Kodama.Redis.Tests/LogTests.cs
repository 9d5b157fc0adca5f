using Kodama.Testing;

namespace Kodama.Redis.Tests;

public class LogTests
{
    [Fact]
    public void EventIds_AreUnique()
    {
        var ids = LogEventIds.Of(typeof(RedisEngine).Assembly);

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
