namespace Kodama.SocketIO;

/// <summary>The acknowledgements that are expected of one socket, by id; each is taken out once. Thread-safe.</summary>
internal sealed class AckTable(int capacity)
{
    private readonly Lock gate = new();
    private Dictionary<long, PendingAck>? pending = [];
    private string goneReason = "";

    public int Count
    {
        get
        {
            lock (gate) return pending?.Count ?? 0;
        }
    }

    /// <summary>Waits for an answer. False, when as many are waited for as may be; if the socket has ended, the waiter is told at
    /// once.</summary>
    public bool TryAdd(long id, PendingAck waiter)
    {
        lock (gate)
        {
            if (pending is not null) return pending.Count < capacity && pending.TryAdd(id, waiter);
        }
        waiter.OnGone(goneReason);
        return true;
    }

    public PendingAck? Take(long id)
    {
        lock (gate) return pending is not null && pending.Remove(id, out var waiter) ? waiter : null;
    }

    /// <summary>Tells all who wait that the socket has ended.</summary>
    public void Close(string reason)
    {
        Dictionary<long, PendingAck>? left;
        lock (gate)
        {
            left = pending;
            pending = null;
            goneReason = reason;
        }
        if (left is null) return;
        foreach (var waiter in left.Values) waiter.OnGone(reason);
    }
}
