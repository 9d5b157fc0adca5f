namespace Kodama.Bench.Processes;

/// <summary>What a process has used so far, from /proc/PID/stat.</summary>
/// <param name="CpuSeconds">User and system time, in steps of 10 ms.</param>
/// <param name="ResidentKilobytes">Resident memory.</param>
internal readonly record struct ProcessUsage(double CpuSeconds, double ResidentKilobytes)
{
    /// <summary>USER_HZ, which is 100 on every architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>All zero where there is no such process.</summary>
    public static ProcessUsage Read(int processId)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{processId}/stat");
        }
        catch (IOException)
        {
            return default;
        }

        return Parse(stat);
    }

    private static ProcessUsage Parse(string stat)
    {
        // The name, in brackets, may hold spaces; what follows it begins with field 3, see proc(5): 14 utime, 15 stime, 24 rss in pages.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessUsage(
            (Number(14) + Number(15)) / TicksPerSecond,
            Number(24) * Environment.SystemPageSize / 1024);

        double Number(int field) => long.Parse(fields[field - 3], System.Globalization.CultureInfo.InvariantCulture);
    }
}
