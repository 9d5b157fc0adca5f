namespace Kodama.SocketIO;

/// <summary>The flush batch of the handlers that this thread runs: what they send before they wait leaves in one send for each receiver.</summary>
internal static class HandlerBatch
{
    /// <summary>What an event counts at least against what a batch may keep waiting, in bytes: outboxes bound frames too, and many are small.</summary>
    public const int LeastCost = 32;

    [ThreadStatic] private static FlushBatch? current;

    public static FlushBatch Begin() => current = FlushBatch.Rent();

    /// <summary>Flushes, and leaves the thread to others.</summary>
    public static void End(FlushBatch batch)
    {
        current = null;
        batch.Dispose();
    }

    /// <summary>The thread's, or one for this scope.</summary>
    public static Scope Enter() => current is { } ambient ? new Scope(ambient, owned: false) : new Scope(FlushBatch.Rent(), owned: true);

    internal readonly ref struct Scope(FlushBatch batch, bool owned)
    {
        public FlushBatch Batch => batch;

        public void Dispose()
        {
            if (owned) batch.Dispose();
            else batch.Count(LeastCost);
        }
    }
}
