using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Kodama.Sqlite.Tests;

public class LogTests
{
    [Fact]
    public void EventIds_AreUnique()
    {
        var ids = typeof(SqliteLog).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId).OfType<int>().ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
