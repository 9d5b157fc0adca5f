using System.Globalization;

namespace Kodama.Hostile.Tests;

/// <summary>The resident memory of a process, by /proc.</summary>
internal readonly record struct HubMemory(int Process)
{
    // proc(5): 5 resets the peak of the resident set.
    private const string ResetPeak = "5";

    public void Reset() => File.WriteAllText($"/proc/{Process}/clear_refs", ResetPeak);

    /// <summary>The most since <see cref="Reset"/>, in bytes.</summary>
    public long Peak() => Read("VmHWM:");

    /// <summary>What it has now, in bytes.</summary>
    public long Resident() => Read("VmRSS:");

    private long Read(string field)
    {
        var line = File.ReadLines($"/proc/{Process}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
