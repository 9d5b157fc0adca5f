using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Kodama.Testing;

/// <summary>The numbers under which an assembly logs, as its sources declare them.</summary>
public static class LogEventIds
{
    public static IReadOnlyList<int> Of(Assembly assembly)
    {
        const BindingFlags any =
            BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return
        [
            .. assembly.GetTypes()
                .SelectMany(type => type.GetMethods(any))
                .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
                .OfType<int>(),
        ];
    }
}
