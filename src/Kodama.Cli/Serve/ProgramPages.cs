using System.Globalization;
using System.Runtime.InteropServices;

namespace Kodama.Cli.Serve;

/// <summary>
/// The start reads most of the native program, by 64 KiB around each page that it touches, and serving needs a fifth of it. The rest stays
/// mapped, and counts as this process's memory, until the machine runs short. Given back, a page that is needed again comes from the
/// system's cache. On Linux alone.
/// </summary>
internal static partial class ProgramPages
{
    // madvise(2).
    private const int DontNeed = 4;

    /// <summary>Gives back what is mapped of the program's file and was never written; answers how many bytes of addresses.</summary>
    public static long Release()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessPath is not { } program) return 0;
        try
        {
            return Clean(File.ReadLines("/proc/self/smaps"), program).Where(area => Advise(area.Start, (nuint)area.Length, DontNeed) == 0)
                .Sum(area => area.Length);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>What smaps (proc(5)) tells of areas that can be read again from the file: private, not writable, and no page a copy of this
    /// process alone. Dirty are pages of a file too that was just written, as by who installed it.</summary>
    public static IEnumerable<(nint Start, long Length)> Clean(IEnumerable<string> smaps, string file)
    {
        (nint Start, long Length)? area = null;
        foreach (var line in smaps)
        {
            // 5636ac753000-5636ad42a000 r-xp 0002f000 fe:00 5636642    /usr/bin/kodama, and then a line for each figure of it.
            if (line.Split(' ', 6) is [var range, ['r', '-', _, 'p'], _, _, _, var path] && range.Split('-') is [var from, var to])
            {
                var start = long.Parse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                var end = long.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                area = path.Trim() == file ? ((nint)start, end - start) : null;
            }
            else if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (area is { } told && line.Split(':')[1].Trim() == "0 kB") yield return told;
                area = null;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);
}
