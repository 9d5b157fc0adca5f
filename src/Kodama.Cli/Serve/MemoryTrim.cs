using System.Runtime.InteropServices;
using Kodama.Server;

namespace Kodama.Cli.Serve;

/// <summary>
/// Gives back what a rush left behind. A handshake makes some 10 KB of short-lived HTTP objects, of which the collector keeps the room long
/// after; the peer that stays needs 2. Large messages that never became whole, or waited for somebody who did not read, are kept as long.
/// Once a crowd has come or gone, the heap has grown, or what was held has been let go, and it is calm, one compacting collection gives it
/// back, and what C libraries hold besides.
/// </summary>
internal static partial class MemoryTrim
{
    private const int Crowd = 1000;
    private const long Hoard = 16 * 1024 * 1024;
    private const long CalmBytes = 64 * 1024;

    // Until then the first clients have come, or nobody.
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(KodamaServer server, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var trimmed = (Peers: 0, Held: 0L, Heap: 0L);
        var before = (Peers: 0, Allocated: 0L);
        try
        {
            await Task.Delay(Start, time, cancellationToken);
            ProgramPages.Release();
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var now = (Peers: server.Hub.PeerCount, Allocated: GC.GetTotalAllocatedBytes());
                var isCalm = now.Peers == before.Peers && now.Allocated - before.Allocated < CalmBytes;
                before = now;
                if (!isCalm) continue;
                var held = server.IncomingBytes + server.Hub.UnsentBytes;
                var growth = GC.GetTotalMemory(forceFullCollection: false) - trimmed.Heap;
                var isCrowd = Math.Abs(now.Peers - trimmed.Peers) >= Crowd;
                if (!isCrowd && trimmed.Held - held < Hoard && growth < Math.Max(Hoard, trimmed.Heap / 4)) continue;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                TrimNative();
                trimmed = (now.Peers, held, GC.GetTotalMemory(forceFullCollection: false));
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops: its memory goes with it.
        }
    }

    // OpenSSL's: a TLS handshake leaves more behind than HTTP does, and glibc keeps what is free between two that stay.
    private static void TrimNative()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Trim(0);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, such as musl, which gives back by itself.
        }
    }

    /// <summary>malloc_trim(3): whether anything was given back.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nint keptAtTheTop);
}
