using System.Runtime.InteropServices;

namespace Kodama.Server;

/// <summary>Those of this process, on Linux and macOS. The runtime raises the soft limit to the hard one at its start; what is read here is
/// what came of it.</summary>
internal sealed partial class ProcessDescriptors : IDescriptors
{
    // RLIMIT_NOFILE of Linux, and of macOS and the BSDs.
    private static readonly int Resource = OperatingSystem.IsLinux() ? 7 : 8;

    private static readonly string Folder = OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd";

    // The folder itself, its parent, and the descriptor by which it is read.
    private const int NotOpenOtherwise = 3;

    // What the pool may have otherwise; 0 where it may.
    private int mostThreads;

    public int Limit { get; } = ReadLimit();

    public int Count()
    {
        // The framework's enumeration asks the system twice for each entry, what it links to.
        var folder = OpenFolder(Folder);
        if (folder == 0) return Limit;
        var entries = 0;
        while (ReadFolder(folder) != 0) entries++;
        _ = CloseFolder(folder);
        return entries - NotOpenOtherwise;
    }

    /// <summary>The pool grows no further while few are left.</summary>
    public void Spare(bool few)
    {
        if (few == (mostThreads > 0)) return;
        ThreadPool.GetMaxThreads(out var most, out var mostOfCompletion);
        ThreadPool.GetMinThreads(out var least, out _);
        // It takes no fewer than it keeps ready.
        if (ThreadPool.SetMaxThreads(few ? Math.Max(ThreadPool.ThreadCount, least) : mostThreads, mostOfCompletion))
            mostThreads = few ? most : 0;
    }

    private static int ReadLimit()
    {
        // On 32 bits the structure differs from one libc to the next; and what cannot be counted cannot be kept.
        if (OperatingSystem.IsWindows() || !Environment.Is64BitProcess || !Directory.Exists(Folder)) return int.MaxValue;
        return GetResourceLimit(Resource, out var limit) == 0 && limit.Soft < int.MaxValue ? (int)limit.Soft : int.MaxValue;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "opendir", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFolder(string path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial nint ReadFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
