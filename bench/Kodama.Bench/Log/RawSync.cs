using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kodama.Bench.Log;

/// <summary>What fdatasync(2) of 4 KiB at the end of a file takes: the least that a commit can be, as SQLite calls it too.</summary>
internal static partial class RawSync
{
    private const int Block = 4096;

    /// <summary>One after another; in ms.</summary>
    public static List<double> Measure(string folder, TimeSpan length)
    {
        var path = Path.Combine(folder, $"kodama-bench-{Guid.NewGuid():N}");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var times = new List<double>();
        var block = new byte[Block];
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < length;)
        {
            RandomAccess.Write(file, block, (long)times.Count * Block);
            var written = Stopwatch.GetTimestamp();
            if (FileDataSync(file) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
            times.Add(Stopwatch.GetElapsedTime(written).TotalMilliseconds);
        }
        return times;
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FileDataSync(SafeFileHandle file);
}
