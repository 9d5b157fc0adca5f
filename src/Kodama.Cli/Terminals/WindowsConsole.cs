using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Kodama.Cli.Terminals;

/// <summary>The console of Windows, which reads sequences only where it is asked to (Console Virtual Terminal Sequences).</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsConsole
{
    private const int StandardOutput = -11;
    private const uint VirtualTerminalProcessing = 0x4;

    /// <summary>Asks for it; false, where there is no such console.</summary>
    public static bool TryReadSequences() =>
        GetStdHandle(StandardOutput) is var handle && GetConsoleMode(handle, out var mode)
            && SetConsoleMode(handle, mode | VirtualTerminalProcessing);

    [LibraryImport("kernel32")]
    private static partial nint GetStdHandle(int standard);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetConsoleMode(nint handle, out uint mode);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleMode(nint handle, uint mode);
}
