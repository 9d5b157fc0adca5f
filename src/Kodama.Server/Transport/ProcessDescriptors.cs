using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Kodama.Server;

/// <summary>Those of this process, on Linux and macOS. The runtime raises the soft limit to the hard one at its start; what is read here is what came of it.</summary>
internal sealed partial class ProcessDescriptors : IDescriptors
{
    // RLIMIT_NOFILE of Linux, and of macOS and the BSDs.
    private static readonly int Resource = OperatingSystem.IsLinux() ? 7 : 8;

    private static readonly string Folder = OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd";

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    public int Limit { get; } = ReadLimit();

    public int Count()
    {
        try
        {
            var count = 0;
            // No name is read, and no string made.
            foreach (var one in new FileSystemEnumerable<int>(Folder, static (ref FileSystemEntry _) => 1, Everything)) count += one;
            // One of them was the folder's own.
            return count - 1;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not even a folder can be opened.
            return Limit;
        }
    }

    private static int ReadLimit()
    {
        // On 32 bits the structure differs from one libc to the next; and what cannot be counted cannot be kept.
        if (OperatingSystem.IsWindows() || !Environment.Is64BitProcess || !Directory.Exists(Folder)) return int.MaxValue;
        return GetResourceLimit(Resource, out var limit) == 0 && limit.Soft < int.MaxValue ? (int)limit.Soft : int.MaxValue;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
