using System.Diagnostics.CodeAnalysis;

namespace Kodama;

/// <summary>The peers that got something since the last flush: each is flushed once, whatever it got.</summary>
/// <remarks>
/// Used by one thread at a time. A door keeps one while it handles what one read brought in. Whoever is about to wait flushes first: until
/// then the frames of other senders for the same peers wait too.
/// </remarks>
public sealed class FlushBatch : IDisposable
{
    // What peers that read all the time can be behind by: far less than their outboxes hold, as one read can bring in more, inflated.
    private const int MostBytes = 64 * 1024;

    [ThreadStatic] private static FlushBatch? cached;

    private readonly List<Peer> woken = [];
    private readonly List<Peer> slow = [];
    private readonly List<Peer> behind = [];
    private int bytes;

    // The members of large rooms.
    private readonly List<Peer> crowd = [];
    private CrowdFlush? crowds;
    private int crowdBytes;

    private FlushBatch()
    {
    }

    /// <summary>An empty batch; give it back with <see cref="Dispose"/>.</summary>
    public static FlushBatch Rent()
    {
        var batch = cached ?? new FlushBatch();
        cached = null;
        return batch;
    }

    /// <summary>Flushes every peer that waits for it, and disconnects those that were too slow. A crowd may be flushed a little
    /// later.</summary>
    public void Flush()
    {
        bytes = 0;
        // One by one, and the slow last: to end a connection runs rules, which may take their time, and publish through this batch.
        while (true)
        {
            if (TryTake(woken, out var peer)) peer.Flush();
            else if (crowds is not null) FlushCrowd(crowds);
            else if (TryTake(behind, out peer)) peer.CatchUp();
            else if (TryTake(slow, out peer)) peer.Disconnect(CloseReason.TooSlow);
            else return;
        }
    }

    /// <summary>Flushes, and gives the batch back.</summary>
    public void Dispose()
    {
        Flush();
        cached = this;
    }

    /// <summary>Counts what was published, and flushes when it has become much.</summary>
    internal void Count(int published)
    {
        bytes += published;
        if (bytes > MostBytes) Flush();
    }

    /// <summary>Says that a crowd has got something, of about so many bytes each.</summary>
    internal void CountCrowd(CrowdFlush flush, int published)
    {
        crowds = flush;
        crowdBytes += published;
    }

    /// <summary>Hands a frame to a peer, maybe as one of a crowd.</summary>
    internal bool Deliver(Peer peer, in Frame frame, SlowPeerPolicy policy, bool isOfCrowd = false) =>
        Note(peer, peer.Outbox.TryEnqueue(frame, policy), isOfCrowd);

    /// <summary>Hands a frame to a peer that can go on from the log, unless a quarter of its outbox is full: then it is to catch
    /// up.</summary>
    internal bool DeliverOrFallBehind(Peer peer, in Frame frame, bool isOfCrowd, out bool isBehind)
    {
        var result = peer.Outbox.TryEnqueueOrFallBehind(frame, leavesRoom: true);
        isBehind = result == EnqueueResult.Behind;
        // Its outbox may have told that it has drained before the peer is known to be behind.
        if (isBehind) behind.Add(peer);
        return Note(peer, result, isOfCrowd);
    }

    /// <summary>Hands a frame to a peer that will be fed, or told, again if this finds no place: when its outbox has drained, and not
    /// before.</summary>
    internal bool DeliverIfItFits(Peer peer, in Frame frame) =>
        Note(peer, peer.Outbox.TryEnqueueOrFallBehind(frame, leavesRoom: false));

    private void FlushCrowd(CrowdFlush flush)
    {
        var published = crowdBytes;
        (crowds, crowdBytes) = (null, 0);
        flush.Flush(crowd, published);
    }

    private bool Note(Peer peer, EnqueueResult result, bool isOfCrowd = false)
    {
        switch (result)
        {
            case EnqueueResult.Queued:
                return true;
            case EnqueueResult.QueuedFirst:
                (isOfCrowd ? crowd : woken).Add(peer);
                return true;
            case EnqueueResult.Full:
                slow.Add(peer);
                return false;
            default:
                return false;
        }
    }

    private static bool TryTake(List<Peer> peers, [NotNullWhen(true)] out Peer? last)
    {
        last = peers.Count > 0 ? peers[^1] : null;
        if (last is not null) peers.RemoveAt(peers.Count - 1);
        return last is not null;
    }
}
