namespace Kodama.Cli.Serve;

/// <summary>
/// Gives back what a rush left behind. A handshake makes some 10 KB of short-lived HTTP objects, of which the collector keeps the room long after; the
/// peer that stays needs 2. Once a crowd has come or gone and it is calm, one compacting collection returns it: this process has no other heap.
/// </summary>
internal static class MemoryTrim
{
    private const int Crowd = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(Hub hub, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var (trimmedAt, before) = (0, 0);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var peers = hub.PeerCount;
                if (Math.Abs(peers - trimmedAt) >= Crowd && peers == before)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    trimmedAt = peers;
                }
                before = peers;
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops: its memory goes with it.
        }
    }
}
