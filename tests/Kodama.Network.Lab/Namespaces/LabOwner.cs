using System.Globalization;

namespace Kodama.Network.Lab.Namespaces;

/// <summary>
/// The process that a laboratory belongs to, as it stands in the names of its namespaces: <c>kodama-lab-PID.STARTED-N-HOST</c>. The time it
/// started tells it from a later process with the same id.
/// </summary>
internal readonly record struct LabOwner(int Process, ulong Started)
{
    private const string Prefix = "kodama-lab-";

    // proc_pid_stat(5): field 22, starttime. The name before it, field 2, may hold spaces, and ends at the last parenthesis.
    private const int StartTimeAfterName = 22 - 3;

    public static LabOwner This { get; } = new(Environment.ProcessId, StartTime(Environment.ProcessId) ?? 0);

    public bool IsAlive => StartTime(Process) == Started;

    /// <summary>What the names of its laboratory with this number begin with.</summary>
    public string Name(int lab) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Process}.{Started}-{lab}-");

    public static LabOwner? Of(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var parts = name[Prefix.Length..].Split('-')[0].Split('.');
        return parts.Length == 2 && int.TryParse(parts[0], out var process) && ulong.TryParse(parts[1], out var started)
            ? new LabOwner(process, started)
            : null;
    }

    private static ulong? StartTime(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return ulong.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeAfterName], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
