namespace Kodama;

/// <summary>Bytes that many may hold together, and no more.</summary>
internal sealed class OutboxBudget(long most)
{
    private long taken;
    private long dropped;

    /// <summary>Frames that outboxes have dropped, all together.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>How many nobody holds at the moment.</summary>
    public long Free => most - Interlocked.Read(ref taken);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= most) return true;
        Return(bytes);
        return false;
    }

    public void CountDropped(int frames) => Interlocked.Add(ref dropped, frames);

    public void Return(long bytes) => Interlocked.Add(ref taken, -bytes);
}
