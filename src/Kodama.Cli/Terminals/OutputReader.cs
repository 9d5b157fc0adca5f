using System.Runtime.InteropServices;

namespace Kodama.Cli.Terminals;

/// <summary>
/// Notices that nobody reads standard output any more, as <c>| head -1</c> does after a line. Writing does not tell: .NET ignores SIGPIPE,
/// and its console swallows what comes in its place. Where there is no <c>poll</c> (Windows), and for terminals and files, nobody ever
/// leaves.
/// </summary>
internal static partial class OutputReader
{
    private const int StandardOutput = 1;
    private const int Failed = -1;
    private const int Forever = -1;

    // poll(2) reports these unasked. The value of each is that of Linux, macOS and the BSDs.
    private const short Error = 0x08;
    private const short HungUp = 0x10;

    // EINTR.
    private const int Interrupted = 4;

    // A thread that only waits.
    private const int SmallStack = 64 * 1024;

    /// <summary>Watches from now on, until the process ends. Cancelled when the reader has left.</summary>
    public static CancellationToken Watch()
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows()) return CancellationToken.None;
        var gone = new CancellationTokenSource();
        // A wait in poll cannot be given up: the thread ends with the process.
        new Thread(() => Wait(gone), SmallStack) { IsBackground = true, Name = "Reader of output" }.Start();
        return gone.Token;
    }

    private static void Wait(CancellationTokenSource gone)
    {
        var output = new Polled { Descriptor = StandardOutput };
        while (Poll(ref output, 1, Forever) == Failed)
        {
            // A signal came, which is somebody else's.
            if (Marshal.GetLastPInvokeError() != Interrupted) return;
        }
        if ((output.Happened & (Error | HungUp)) != 0) gone.Cancel();
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Polled polled, nuint count, int milliseconds);

    // struct pollfd
    private struct Polled
    {
        public int Descriptor;
        public short Asked;
        public short Happened;
    }
}
