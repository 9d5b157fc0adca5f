using Kodama.Testing;

namespace Kodama.Sqlite.Tests;

public class LogTests
{
    [Fact]
    public void EventIds_AreUnique()
    {
        var ids = LogEventIds.Of(typeof(SqliteEngine).Assembly);

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
