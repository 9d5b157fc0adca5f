using System.Globalization;
using System.Runtime.InteropServices;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Compare;

/// <summary>Where and when a comparison ran, and on what.</summary>
internal sealed record Machine(
    DateTimeOffset Time, string Commit, string Processor, string Memory, string System, string Runtime, string Node, string Load)
{
    public static async Task<Machine> ReadAsync(string repository, CancellationToken cancellationToken)
    {
        var commit = await ChildProcess.ReadAsync("git", ["rev-parse", "--short", "HEAD"], repository, cancellationToken) ?? "unknown";
        var changes = await ChildProcess.ReadAsync("git", ["status", "--porcelain", "--untracked-files=no"], repository, cancellationToken);
        return new Machine(
            TimeProvider.System.GetUtcNow(),
            string.IsNullOrEmpty(changes) ? commit : $"{commit}-changed",
            $"{Value("/proc/cpuinfo", "model name") ?? "unknown processor"}, {Environment.ProcessorCount} cores",
            Value("/proc/meminfo", "MemTotal") is { } kilobytes
                ? $"{long.Parse(kilobytes.Split(' ')[0], CultureInfo.InvariantCulture) / 1024.0 / 1024.0:0.0} GiB"
                : "unknown memory",
            $"{RuntimeInformation.OSDescription}, Linux {Environment.OSVersion.Version}",
            RuntimeInformation.FrameworkDescription,
            await ChildProcess.ReadAsync("node", ["--version"], repository, cancellationToken) ?? "no node",
            File.Exists("/proc/loadavg") ? (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0] : "unknown");
    }

    /// <summary>What follows "key :" in a file of /proc.</summary>
    private static string? Value(string file, string key) => !File.Exists(file)
        ? null
        : File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
