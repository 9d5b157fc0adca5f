namespace Kodama.SocketIO;

/// <summary>The sockets of a server that may come back, by their secrets: at most so many, of which the first are forgotten.
/// Thread-safe.</summary>
internal sealed class AwaySessions(int most, TimeProvider time)
{
    private readonly Dictionary<string, LinkedListNode<Away>> byPid = new(StringComparer.Ordinal);
    private readonly LinkedList<Away> inOrder = new();
    private readonly Lock gate = new();

    public int Count
    {
        get
        {
            lock (gate) return byPid.Count;
        }
    }

    /// <summary>Keeps a session until it is back, or away for too long. False, when its namespace has gone.</summary>
    public bool TryAdd(SocketIONamespace space, RecoverySession session, TimeSpan duration)
    {
        if (!space.TryHold()) return false;
        lock (gate)
        {
            Expire_NeedsLock();
            if (byPid.Count >= most) Forget_NeedsLock(inOrder.First!);
            byPid.Add(session.Pid, inOrder.AddLast(new Away(space, session, time.GetUtcNow() + duration, time.GetTimestamp(), duration)));
        }
        return true;
    }

    /// <summary>The session with this secret, which is not away any more; null, if there is none, or none of this namespace.</summary>
    public RecoverySession? Take(string pid, SocketIONamespace space)
    {
        lock (gate)
        {
            if (!byPid.TryGetValue(pid, out var node) || node.Value.Space != space) return null;
            if (IsTooLong(node.Value))
            {
                Forget_NeedsLock(node);
                return null;
            }
            Remove_NeedsLock(node);
            return node.Value.Session;
        }
    }

    /// <summary>Forgets who has been away for too long.</summary>
    public void Expire()
    {
        lock (gate) Expire_NeedsLock();
    }

    /// <summary>Those of a namespace, and until when they may come back.</summary>
    public List<(RecoverySession Session, DateTimeOffset Until)> Of(SocketIONamespace space)
    {
        lock (gate) return [.. inOrder.Where(away => away.Space == space).Select(static away => (away.Session, away.Until))];
    }

    private void Expire_NeedsLock()
    {
        while (inOrder.First is { } first && IsTooLong(first.Value)) Forget_NeedsLock(first);
    }

    private bool IsTooLong(Away away) => time.GetElapsedTime(away.Since) > away.Duration;

    private void Forget_NeedsLock(LinkedListNode<Away> node)
    {
        node.Value.Session.IsOver = true;
        Remove_NeedsLock(node);
    }

    private void Remove_NeedsLock(LinkedListNode<Away> node)
    {
        inOrder.Remove(node);
        byPid.Remove(node.Value.Session.Pid);
        node.Value.Space.Release();
    }

    private sealed record Away(SocketIONamespace Space, RecoverySession Session, DateTimeOffset Until, long Since, TimeSpan Duration);
}
