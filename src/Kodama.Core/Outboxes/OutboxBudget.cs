namespace Kodama;

/// <summary>Bytes that many may hold together, and no more.</summary>
internal sealed class OutboxBudget(long most)
{
    private long taken;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= most) return true;
        Return(bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref taken, -bytes);
}
