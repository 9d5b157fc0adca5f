using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Kodama.Pusher.Tests;

public class LogTests
{
    [Fact]
    public void LoggerMessages_OfTheAssembly_HaveUniqueEventIds()
    {
        const BindingFlags any =
            BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var ids = typeof(PusherOptions).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(any))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>()
            .ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
