using System.Buffers.Text;
using System.Security.Cryptography;

namespace Kodama;

/// <summary>An ordered stream of messages and the peers in it. Thread-safe.</summary>
/// <remarks>Every peer in it gets the same messages in the same order: what was published after its join and before its leave, once each.</remarks>
public sealed class Room
{
    /// <summary>Most wire formats that peers of one room may have between them.</summary>
    internal const int MaxFormats = 8;

    private readonly RoomOptions options;
    private readonly RoomGroup? group;
    private readonly Lock gate;
    private Membership[] members = new Membership[4];
    private int memberCount;
    private bool closed;
    private long offset;
    private long eventNumber;
    private long deliveries;
    private long bytes;

    // Formats that members have, or had and none has needed the place of. Replaced when one comes into use, so that a publisher, who encodes
    // before it takes the lock, sees it.
    private Format[] formats = [];

    internal Room(Hub hub, string name, RoomOptions options, RoomGroup? group = null)
    {
        Hub = hub;
        Name = name;
        this.options = options;
        this.group = group;
        gate = group?.Gate ?? new Lock();
        if (group is not null) formats = [new Format(group.Encoder) { Users = 1 }];
        Epoch = NewEpoch();
    }

    /// <summary>The hub that it belongs to.</summary>
    public Hub Hub { get; }

    /// <summary>Its name, 1 to 128 characters.</summary>
    public string Name { get; }

    /// <summary>Names this life of the room: offsets of different epochs do not compare.</summary>
    public string Epoch { get; }

    /// <summary>Whether a sender gets its own messages too.</summary>
    public bool Echo => options.Echo ?? Hub.Options.Echo;

    /// <summary>The last message's number; 0 before the first.</summary>
    public long Offset => Volatile.Read(ref offset);

    /// <summary>How many peers are in it.</summary>
    public int PeerCount => Volatile.Read(ref memberCount);

    /// <summary>The peers in it at this moment.</summary>
    public IReadOnlyList<Peer> Peers
    {
        get
        {
            lock (gate) return Peers_NeedsLock();
        }
    }

    /// <summary>The rooms that it shares its lock with, or null.</summary>
    internal RoomGroup? Group => group;

    /// <summary>Which of the rooms that vanished this was, counted from the hub's start; 0 while the hub knows it.</summary>
    internal long Vanished { get; set; }

    /// <summary>Messages handed to peers, and their bytes as encoded.</summary>
    internal (long Messages, long Deliveries, long Bytes) Counts
    {
        get
        {
            lock (gate) return (offset, deliveries, bytes);
        }
    }

    /// <summary>
    /// Sends a message of the hub's own to all in the room but some. It has its place in the room's order and passes no filter. In a room that
    /// has vanished it goes nowhere and gets no offset, even if another of that name has appeared since.
    /// </summary>
    public PublishResult Send(Payload payload, string eventName = Message.DefaultEvent, IReadOnlyCollection<Peer>? except = null)
    {
        // The caller's collection is not asked under the lock.
        HashSet<Peer>? excepted = except is null ? null : [.. except];
        using var batch = FlushBatch.Rent();
        return Publish(new Message(null, this, eventName, payload, Hub.Time.GetUtcNow()), batch, excepted);
    }

    /// <summary>Gives the message its offset and hands it to every peer in the room, except its sender unless the room echoes.</summary>
    internal PublishResult Publish(in Message message, FlushBatch batch, HashSet<Peer>? except = null)
    {
        var sender = Echo ? null : message.Sender;
        var policy = options.SlowPeers ?? Hub.Options.Outbox.SlowPeers;
        var kept = Hub.Watchers.Count == 0 ? default(Payload?) : message.Payload.ToOwnedUpTo(Hub.Watchers.MaxPayload);
        var frames = default(FrameSet);
        var result = default(PublishResult);
        Format[] encoded = [];
        try
        {
            while (true)
            {
                var seen = Volatile.Read(ref formats);
                for (var i = 0; i < seen.Length; i++)
                {
                    if (i < encoded.Length && encoded[i] != seen[i]) Drop(ref frames[i]);
                    if (frames[i].IsEmpty && seen[i].Users > 0) frames[i] = seen[i].Encoder.Encode(message);
                }
                encoded = seen;
                lock (gate)
                {
                    if (seen != formats) continue;
                    // Its counts are taken and its watchers have seen it go: to publish now would be to publish nowhere.
                    if (closed) break;
                    result = Deliver_NeedsLock(message, ref frames, sender, except, policy, batch);
                    TellMessage_NeedsLock(message, kept);
                    break;
                }
            }
        }
        finally
        {
            foreach (ref readonly var frame in frames) frame.Release();
        }
        batch.Count(message.Payload.Bytes.Length);
        return result;
    }

    /// <summary>Takes the peer in, or answers null when the room has vanished.</summary>
    internal Membership? TryAdd(Peer peer)
    {
        lock (gate)
        {
            if (closed) return null;
            var membership = new Membership(this, peer) { Index = memberCount, Format = UseFormat_NeedsLock(peer.Encoder) };
            if (memberCount == members.Length) Array.Resize(ref members, memberCount * 2);
            members[memberCount++] = membership;
            group?.Joined_NeedsLock(this, peer);
            Tell_NeedsLock(HubEventKind.Join, peer);
            return membership;
        }
    }

    /// <summary>Lets the peer go; the last one takes the room with it.</summary>
    internal void Remove(Membership membership, CloseReason? reason)
    {
        lock (gate)
        {
            var last = members[--memberCount];
            members[membership.Index] = last;
            last.Index = membership.Index;
            members[memberCount] = null!;
            formats[membership.Format].Users--;
            group?.Left_NeedsLock(this, membership.Peer, isGoing: reason is not null);
            Tell_NeedsLock(HubEventKind.Leave, membership.Peer, reason);
            if (memberCount > 0 || options.KeepWhenEmpty) return;
            closed = true;
        }
        Hub.Forget(this);
    }

    /// <summary>The room as it is between two of its events; null, when it has vanished.</summary>
    internal RoomSnapshot? Snapshot()
    {
        lock (gate) return closed ? null : new RoomSnapshot(this, offset, eventNumber, Peers_NeedsLock());
    }

    private PublishResult Deliver_NeedsLock(
        in Message message, ref FrameSet frames, Peer? sender, HashSet<Peer>? except, SlowPeerPolicy policy, FlushBatch batch)
    {
        var receivers = 0;
        group?.Publishing_NeedsLock(message, frames[0], sender, except);
        foreach (var member in members.AsSpan(0, memberCount))
        {
            if (member.Peer == sender || (except is not null && except.Contains(member.Peer))) continue;
            if (group is not null && !group.Takes_NeedsLock(member.Peer)) continue;
            ref readonly var frame = ref frames[member.Format];
            if (!batch.Deliver(member.Peer, frame, policy)) continue;
            receivers++;
            bytes += frame.Length;
        }
        deliveries += receivers;
        return new PublishResult(++offset, receivers);
    }

    private static void Drop(ref Frame frame)
    {
        frame.Release();
        frame = default;
    }

    private int UseFormat_NeedsLock(IMessageEncoder encoder)
    {
        var index = Array.FindIndex(formats, f => f.Encoder == encoder);
        if (index >= 0 && formats[index].Users++ > 0) return index;
        // Comes into use: counted before it is seen, so that nobody who sees this array leaves it out.
        if (index >= 0)
        {
            Volatile.Write(ref formats, [.. formats]);
            return index;
        }
        var unused = Array.FindIndex(formats, f => f.Users == 0);
        if (unused >= 0)
        {
            Format[] next = [.. formats];
            next[unused] = new Format(encoder) { Users = 1 };
            Volatile.Write(ref formats, next);
            return unused;
        }
        if (formats.Length == MaxFormats) throw new InvalidOperationException($"Room {Name} has peers of {MaxFormats} wire formats already; there is no place for {encoder}.");
        Volatile.Write(ref formats, [.. formats, new Format(encoder) { Users = 1 }]);
        return formats.Length - 1;
    }

    /// <summary>The peers in it, without a copy; for whoever holds the lock of its group.</summary>
    internal void CollectPeers_NeedsLock(HashSet<Peer> peers)
    {
        foreach (var member in members.AsSpan(0, memberCount)) peers.Add(member.Peer);
    }

    private Peer[] Peers_NeedsLock() => Array.ConvertAll(members[..memberCount], m => m.Peer);

    private void TellMessage_NeedsLock(in Message message, Payload? kept)
    {
        eventNumber++;
        if (Hub.Watchers.Count == 0) return;
        // Who has begun to watch since may want more than was kept.
        var wanted = Hub.Watchers.MaxPayload;
        var length = message.Payload.Length;
        if (kept is not { } owned || (owned.Length < length && owned.Length < wanted)) owned = message.Payload.ToOwnedUpTo(wanted);
        Hub.Watchers.Tell(new HubEvent(HubEventKind.Message, this, eventNumber, message.Sender, null, message.With(owned).At(offset), message.Time, length));
    }

    private void Tell_NeedsLock(HubEventKind kind, Peer peer, CloseReason? reason = null)
    {
        eventNumber++;
        if (Hub.Watchers.Count == 0) return;
        Hub.Watchers.Tell(new HubEvent(kind, this, eventNumber, peer, reason, default, Hub.Time.GetUtcNow()));
    }

    private sealed class Format(IMessageEncoder encoder)
    {
        public IMessageEncoder Encoder => encoder;

        /// <summary>Members that read it; written under the room's lock.</summary>
        public volatile int Users;
    }

    private static string NewEpoch()
    {
        Span<byte> random = stackalloc byte[9];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
