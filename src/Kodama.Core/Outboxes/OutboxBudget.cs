namespace Kodama;

/// <summary>Bytes that many may hold together, and no more.</summary>
internal sealed class OutboxBudget(long most)
{
    private long taken;
    private long dropped;

    /// <summary>Frames that outboxes have dropped, all together.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>How many are held at the moment.</summary>
    public long Taken => Interlocked.Read(ref taken);

    /// <summary>How many nobody holds at the moment.</summary>
    public long Free => most - Taken;

    public bool TryTake(long bytes) => TryTake(bytes, most);

    /// <summary>The same for who holds some already: an eighth is left to those who hold nothing. Else some that take nothing would have it
    /// all, and who is behind by a moment would be the one to go.</summary>
    public bool TryTakeMore(long bytes) => TryTake(bytes, most - most / 8);

    public void CountDropped(int frames) => Interlocked.Add(ref dropped, frames);

    public void Return(long bytes) => Interlocked.Add(ref taken, -bytes);

    private bool TryTake(long bytes, long upTo)
    {
        if (Interlocked.Add(ref taken, bytes) <= upTo) return true;
        Return(bytes);
        return false;
    }
}
