namespace Kodama.SocketIO;

/// <summary>What the bodies of all POSTs that are being read may hold together, in bytes: sessions are cheap, and each may have one. Thread-safe.</summary>
internal sealed class BodyBudget(long most)
{
    private long held;

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref held);

    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref held, count) <= most) return true;
        Interlocked.Add(ref held, -count);
        return false;
    }

    public void Return(long count) => Interlocked.Add(ref held, -count);
}
