using System.Collections.Concurrent;

namespace Kodama;

/// <summary>The peers that are connected, by id and by session, and the seats that are taken. Thread-safe.</summary>
internal sealed class PeerRegistry
{
    private readonly ConcurrentDictionary<string, Peer> peers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Peer> sessions = new(StringComparer.Ordinal);
    private int count;
    private int seats;

    public IReadOnlyCollection<Peer> All => (IReadOnlyCollection<Peer>)peers.Values;

    public int Count => Volatile.Read(ref count);

    /// <summary>By the peer's id, or by the public id of its session.</summary>
    public Peer? Find(string id) => peers.GetValueOrDefault(id) ?? FindSession(id);

    public Peer? FindSession(string session) => sessions.GetValueOrDefault(session);

    /// <summary>Takes a seat for who is on its way in, unless so many are taken.</summary>
    public bool TryTakeSeat(int most)
    {
        if (Interlocked.Increment(ref seats) <= most) return true;
        GiveSeatBack();
        return false;
    }

    public void GiveSeatBack() => Interlocked.Decrement(ref seats);

    public void Add(Peer peer)
    {
        peers[peer.Id] = peer;
        Interlocked.Increment(ref count);
        if (peer.Session is { } session) sessions[session] = peer;
    }

    /// <summary>Takes the peer out, and its seat; it is found by its session still.</summary>
    public void Remove(Peer peer)
    {
        if (peers.TryRemove(new(peer.Id, peer))) Interlocked.Decrement(ref count);
        GiveSeatBack();
    }

    public void RemoveSession(Peer peer)
    {
        if (peer.Session is { } session) sessions.TryRemove(new(session, peer));
    }
}
