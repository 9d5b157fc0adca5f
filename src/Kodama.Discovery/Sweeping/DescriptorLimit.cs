using System.Globalization;

namespace Kodama.Discovery;

/// <summary>How many connections a sweep may open without taking from the process what it needs itself.</summary>
internal static class DescriptorLimit
{
    private const string Row = "Max open files";

    /// <summary>Half of what is free, and never less than 16.</summary>
    public static int Bound(int connections)
    {
        if (!OperatingSystem.IsLinux()) return connections;
        try
        {
            var free = SoftLimit(File.ReadAllText("/proc/self/limits")) - Directory.GetFileSystemEntries("/proc/self/fd").Length;
            return (int)Math.Min(connections, Math.Max(16, free / 2));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return connections;
        }
    }

    /// <summary>The soft limit in a text such as <c>Max open files            1024                 524288              
    /// files</c>.</summary>
    public static long SoftLimit(string limits)
    {
        var start = limits.IndexOf(Row, StringComparison.Ordinal);
        if (start < 0) return long.MaxValue;
        var soft = limits[(start + Row.Length)..].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }
}
