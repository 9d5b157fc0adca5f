namespace Kodama;

/// <summary>Messages outside the order of any room, to one peer or to all: handed out at once, and kept nowhere.</summary>
internal sealed class DirectMessages(Hub hub, PeerRegistry peers, MessageFilters filters, Neighbours neighbours)
{
    /// <summary>A message of a peer to another, which passes the filters.</summary>
    public async ValueTask<PublishResult> SendAsync(Peer sender, string to, Payload payload, string eventName, FlushBatch batch)
    {
        sender.MessagesIn++;
        var isElsewhere = peers.Find(to) is null && neighbours.AreReachable;
        if (!isElsewhere && FindReceiver(sender, to, out _) is { } unheard) return unheard;
        var message = new Message(sender, null, eventName, payload, hub.Time.GetUtcNow());
        var refusal = default(string);
        if (filters.AreSome) (message, refusal) = await filters.FilterAsync(message, batch, sender.Disconnected);
        if (refusal is not null) return PublishResult.Refused(RefusalCode.MessageRefused, refusal);
        if (isElsewhere && peers.Find(to) is null)
        {
            batch.Flush();
            return await neighbours.SendAsync(sender, to, message);
        }
        // Again: either may have gone, or left, while the filters were asked.
        if (FindReceiver(sender, to, out var receiver) is { } late) return late;
        return Send([receiver!], message, batch) == 1 ? new PublishResult(0, 1) : PeerGone();
    }

    /// <summary>A message of the hub's own to every peer but some.</summary>
    public int SendToAll(Payload payload, string eventName, IReadOnlyCollection<Peer>? except)
    {
        using var batch = FlushBatch.Rent();
        var message = new Message(null, null, eventName, payload, hub.Time.GetUtcNow());
        return Send(except is null ? peers.All : peers.All.Except(except), message, batch, isForAll: true);
    }

    /// <summary>Hands a message to these peers, encoded once for each format. Answers how many took it.</summary>
    public int Send(IEnumerable<Peer> receivers, in Message message, FlushBatch batch, bool isForAll = false)
    {
        var count = 0;
        var bytes = 0L;
        foreach (var group in receivers.Where(static peer => peer.IsConnected).GroupBy(static peer => peer.Encoder))
        {
            var frame = group.Key.Encode(message);
            // The format does not tell it.
            if (frame.IsEmpty) continue;
            var taken = group.Key is IStreamFormat stream
                ? stream.HandOut(message, frame, group, batch)
                : Deliver(frame, group, batch);
            count += taken;
            bytes += (long)taken * frame.Length;
            frame.Release();
        }
        Count(message, count, bytes, isForAll);
        return count;
    }

    /// <summary>Counts what has been handed out, and tells the watchers.</summary>
    public void Count(in Message message, int receivers, long bytes, bool isForAll = false)
    {
        hub.Counters.Add(1, receivers, bytes);
        if (hub.Watchers.Count == 0) return;
        var owned = message.With(message.Payload.ToOwned());
        hub.Watchers.Tell(new HubEvent(HubEventKind.Message, null, 0, null, null, owned, message.Time, message.Payload.Length)
        {
            IsForAll = isForAll,
        });
    }

    private int Deliver(in Frame frame, IEnumerable<Peer> receivers, FlushBatch batch)
    {
        var count = 0;
        foreach (var peer in receivers)
        {
            if (batch.Deliver(peer, frame, hub.Options.Outbox.SlowPeers)) count++;
        }
        return count;
    }

    private PublishResult? FindReceiver(Peer sender, string to, out Peer? receiver)
    {
        receiver = peers.Find(to);
        if (receiver is not { IsListed: true }) return PeerGone();
        return sender.MayPublishBeside(receiver)
            ? null
            : NotAllowed();
    }

    public static PublishResult NotAllowed() => PublishResult.Refused(
        RefusalCode.NotAllowed, "That peer is in no room in which this one may publish: join one of its rooms first.");

    public static PublishResult PeerGone() =>
        PublishResult.Refused(RefusalCode.PeerGone, "No such peer is here, or it takes nothing now.");
}
