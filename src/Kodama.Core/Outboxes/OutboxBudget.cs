namespace Kodama;

/// <summary>What the outboxes of a hub may hold together in copies for peers that do not keep up.</summary>
internal sealed class OutboxBudget(long most)
{
    private long taken;

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= most) return true;
        Return(bytes);
        return false;
    }

    public void Return(int bytes) => Interlocked.Add(ref taken, -bytes);
}
