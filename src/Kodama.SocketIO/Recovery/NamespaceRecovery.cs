namespace Kodama.SocketIO;

/// <summary>
/// Connection state recovery of one namespace: its rooms share a lock, under which every event gets a number and is written down, so that
/// the number says what a client has got, and what it has missed can be told (docs/decisions/0011). Thread-safe.
/// </summary>
internal sealed class NamespaceRecovery : RoomGroup
{
    private readonly SocketIONamespace owner;
    private readonly RecoveryOptions options;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly RecoveryEncoder encoder;
    private readonly RecoveryLog log;
    private readonly SharedBudget sessions;
    private readonly Dictionary<string, LinkedListNode<WaitingSession>> waiting = new(StringComparer.Ordinal);
    private readonly LinkedList<WaitingSession> expiring = new();
    private readonly int maxReplay;
    private long number;

    public NamespaceRecovery(
        SocketIONamespace owner, RecoveryOptions options, RecoveryBudget budget, TimeSpan untilLossIsNoticed,
        int maxReplay, TimeProvider time)
    {
        this.owner = owner;
        this.options = options;
        this.time = time;
        this.maxReplay = maxReplay;
        sessions = budget.Sessions;
        started = time.GetTimestamp();
        encoder = new RecoveryEncoder(owner.NameBytes, Gate, () => Volatile.Read(ref number));
        log = new RecoveryLog(options.MaxDisconnectionDuration + untilLossIsNoticed, options.MaxBytes, budget.Bytes);
    }

    public override IMessageEncoder Encoder => encoder;

    public bool SkipsMiddleware => options.SkipMiddlewares;

    /// <summary>Sockets that may come back.</summary>
    public int WaitingCount
    {
        get
        {
            lock (Gate) return waiting.Count;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(started);

    public override void Joined_NeedsLock(Room room, Peer peer)
    {
        if (TrackOf(peer) is { } track) track.History.Join(room.Name, number);
    }

    public override void Left_NeedsLock(Room room, Peer peer, bool isGoing)
    {
        if (TrackOf(peer) is not { } track) return;
        // Who is going may come back to the same rooms.
        if (isGoing) track.Stop(peer, number);
        else track.History.Leave(room.Name, number, log.Trimmed);
    }

    public override void Publishing_NeedsLock(in Message message, in Frame frame, Peer? sender, HashSet<Peer>? except)
    {
        if (ReservedEvents.Contains(message.Event)) return;
        Keep_NeedsLock(frame, new RecoveryEntry { Rooms = message.Room!.Name, ExceptIds = Ids(sender, except) });
    }

    public override bool Takes_NeedsLock(Peer peer)
    {
        if (TrackOf(peer) is not { } track) return true;
        if (!track.IsHeardBy(peer)) return false;
        track.Delivered(number, log.Generation);
        return true;
    }

    /// <summary>Sends an event of the program's own to the sockets of some rooms: numbered and kept, unless it is volatile.</summary>
    /// <param name="rooms">Rooms of the hub, or a socket's <see cref="RecoveryTrack.OwnRoom"/>: one, or an array.</param>
    /// <param name="exceptRooms">Rooms whose peers do not get it.</param>
    /// <param name="self">Who does not get it either.</param>
    /// <param name="message">What to send.</param>
    /// <param name="isVolatile">Whether it is for those only who can take it at once.</param>
    /// <param name="batch">What is to be flushed.</param>
    public void Send(object rooms, string[]? exceptRooms, SocketIOSocket? self, in Message message, bool isVolatile, FlushBatch batch)
    {
        var frame = encoder.Encode(message);
        List<Peer>? others = null;
        var receivers = 0;
        lock (Gate)
        {
            var peers = new HashSet<Peer>();
            Collect_NeedsLock(peers, rooms);
            if (exceptRooms is not null)
            {
                var excepted = new HashSet<Peer>();
                Collect_NeedsLock(excepted, exceptRooms);
                peers.ExceptWith(excepted);
            }
            if (self?.Peer is { } sender) peers.Remove(sender);
            if (isVolatile)
            {
                number++;
                RecoveryEncoder.Number(frame.Span, number);
                peers.RemoveWhere(static peer => !SendPath.IsWritable(peer));
            }
            else
            {
                Keep_NeedsLock(frame, new RecoveryEntry { Rooms = rooms, ExceptRooms = exceptRooms, ExceptIds = self?.Id });
            }
            foreach (var peer in peers)
            {
                if (peer.Encoder != encoder) (others ??= []).Add(peer);
                else if ((isVolatile ? TrackOf(peer)?.IsHeardBy(peer) != false : Takes_NeedsLock(peer))
                    && batch.Deliver(peer, frame, SlowPeerPolicy.Disconnect))
                {
                    receivers++;
                }
            }
        }
        batch.Count(frame.Length);
        owner.Hub.CountDirect(message, receivers, (long)receivers * frame.Length);
        frame.Release();
        if (others is not null) owner.Hub.SendDirect(others, message.Payload, message.Event, batch);
    }

    /// <summary>Keeps what a socket was, until it comes back or is away too long. False, when it cannot come back.</summary>
    /// <remarks>From here on it can be back at any moment: its peer has left the hub before.</remarks>
    public bool TryKeep(RecoveryTrack track, Peer? peer, IReadOnlyList<string> rooms, IDictionary<string, object?>? data)
    {
        lock (Gate)
        {
            if (peer is not null) track.Stop(peer, number);
            if (!track.IsKnown || !owner.TryHold()) return false;
            var session = new WaitingSession(track, rooms, data, Now + options.MaxDisconnectionDuration);
            waiting.Add(track.Pid, expiring.AddLast(session));
            sessions.Change(waiting.Count - 1, waiting.Count);
            Expire_NeedsLock();
            return true;
        }
    }

    /// <summary>The socket that a client says it was; null, if it cannot be that again.</summary>
    public WaitingSession? TryTake(HandshakeInfo handshake)
    {
        if (handshake.GetAuth("pid") is not { } pid) return null;
        lock (Gate)
        {
            if (!waiting.TryGetValue(pid, out var node)) return null;
            var session = node.Value;
            Forget_NeedsLock(node);
            log.Trim(Now);
            var seen = Math.Max(encoder.TryRead(handshake.GetAuth("offset"), out var offset) ? offset : 0, session.Track.Start);
            if (session.Expires < Now || seen > number || session.Track.History.Forgotten > seen) return null;
            // What it was sent and does not have, or what was published since, is not there any more.
            if (session.Track.LastDeliveredBefore(log.FirstGeneration) > seen || log.Trimmed > session.Track.End) return null;
            return MissedBytes_NeedsLock(session.Track, seen, maxReplay) <= maxReplay ? session with { Seen = seen } : null;
        }
    }

    /// <summary>Tells a socket that it is connected, after what it has missed; from here on it gets what is published.</summary>
    public void GoLive(Peer peer, RecoveryTrack track, long? seen, in Frame connect)
    {
        lock (Gate)
        {
            if (seen is { } last) Replay_NeedsLock(peer, track, last);
            else track.Start = number;
            peer.Outbox.TryEnqueue(connect, SlowPeerPolicy.Disconnect);
            track.Begin(peer);
        }
    }

    /// <summary>
    /// The rules do not let a socket that is back be in a room any more: what was said there since it was cut off is not for it.
    /// </summary>
    public void Bar(RecoveryTrack track, string room)
    {
        lock (Gate) track.History.Leave(room, track.End, log.Trimmed);
    }

    /// <summary>The socket is in its own room from now on.</summary>
    public void Begin(RecoveryTrack track)
    {
        lock (Gate) track.History.Join(track.OwnRoom, number);
    }

    /// <summary>Forgets who has been away too long, and what nobody can have missed any more.</summary>
    public void Tick()
    {
        lock (Gate)
        {
            log.Trim(Now);
            Expire_NeedsLock();
        }
    }

    /// <summary>The namespace has gone: nobody comes back to it.</summary>
    public void Close()
    {
        lock (Gate) log.Close();
    }

    private void Expire_NeedsLock()
    {
        while (expiring.First is { } first && (first.Value.Expires < Now || sessions.IsTooMuch(waiting.Count))) Forget_NeedsLock(first);
    }

    private void Forget_NeedsLock(LinkedListNode<WaitingSession> node)
    {
        expiring.Remove(node);
        waiting.Remove(node.Value.Track.Pid);
        sessions.Change(waiting.Count + 1, waiting.Count);
        owner.Release();
    }

    private void Keep_NeedsLock(in Frame frame, in RecoveryEntry entry)
    {
        number++;
        RecoveryEncoder.Number(frame.Span, number);
        log.Add(entry with { Number = number }, frame.Span, Now);
    }

    // In one piece: however many they were, they are one frame to the outbox.
    private void Replay_NeedsLock(Peer peer, RecoveryTrack track, long seen)
    {
        var size = (int)MissedBytes_NeedsLock(track, seen, int.MaxValue);
        if (size == 0) return;
        var missed = Frame.Rent(size);
        var rest = missed.Span;
        foreach (var (entry, generation, frame) in log.After(seen))
        {
            if (!entry.IsFor(track.Id, track.History)) continue;
            track.Delivered(entry.Number, generation);
            frame.Span.CopyTo(rest);
            rest = rest[frame.Length..];
        }
        peer.Outbox.TryEnqueue(missed, SlowPeerPolicy.Disconnect);
        missed.Release();
    }

    // Looks no further than to what is too much: all rooms wait.
    private long MissedBytes_NeedsLock(RecoveryTrack track, long seen, int most)
    {
        var bytes = 0L;
        foreach (var (entry, _, frame) in log.After(seen))
        {
            if (entry.IsFor(track.Id, track.History)) bytes += frame.Length;
            if (bytes > most) break;
        }
        return bytes;
    }

    private void Collect_NeedsLock(HashSet<Peer> peers, object rooms)
    {
        if (rooms is string room) Collect_NeedsLock(peers, room);
        else foreach (var one in (string[])rooms) Collect_NeedsLock(peers, one);
    }

    private void Collect_NeedsLock(HashSet<Peer> peers, string room)
    {
        if (room.StartsWith('\u0001'))
        {
            if (owner.FindSocket(room[1..])?.Peer is { } peer) peers.Add(peer);
        }
        else if (owner.Hub.FindRoom(room) is { } found && found.Group == this)
        {
            found.CollectPeers_NeedsLock(peers);
        }
    }

    private RecoveryTrack? TrackOf(Peer peer) => SocketPeer.Of(peer) is { } socket && socket.Space == owner ? socket.Track : null;

    private static object? Ids(Peer? sender, HashSet<Peer>? except)
    {
        var senderId = (sender?.Link as SocketPeer)?.Id;
        if (except is null || except.Count == 0) return senderId;
        if (except.Count == 1 && senderId is null) return SocketPeer.Of(except.First())?.Id;
        var ids = except.Select(SocketPeer.Of).OfType<SocketPeer>().Select(s => s.Id).ToHashSet();
        if (senderId is not null) ids.Add(senderId);
        return ids;
    }
}
