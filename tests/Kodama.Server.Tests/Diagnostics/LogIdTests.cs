using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

public sealed class LogIdTests
{
    [Fact]
    public void EventIds_OfAllLogMessages_AreUnique()
    {
        var ids = new[] { typeof(Hub).Assembly, typeof(KodamaServer).Assembly, typeof(WebSockets.WebSocketConnection).Assembly }
            .SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(m => (Method: $"{m.DeclaringType!.Name}.{m.Name}", m.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(m => m.EventId is not null)
            .ToList();

        Assert.True(ids.Count >= 10, $"Only {ids.Count} log messages were found.");
        Assert.Empty(
            ids.GroupBy(m => m.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(m => m.Method))}"));
    }
}
