using System.Buffers;

namespace Kodama.SocketIO;

/// <summary>What is known of one socket that may come back, through all of its connections. What changes is guarded by the stream's lock;
/// while it is on its way back, it is that connection's.</summary>
/// <param name="id">The socket's id.</param>
/// <param name="pid">Its secret.</param>
internal sealed class RecoverySession(string id, string pid)
{
    // Stays that have ended: every event that it may have missed is looked for in all of them.
    private const int MostPast = 64;

    public string Id => id;

    public string Pid => pid;

    /// <summary>The peer that gets what is handed out; null before and between its connections: then it misses it.</summary>
    public Peer? Listener { get; set; }

    /// <summary>The last event before it was told for the first time that it is connected: it has missed none up to here.</summary>
    public long Start { get; set; }

    /// <summary>The last event that a connection of its heard.</summary>
    public long End { get; set; }

    /// <summary>Whether the client has been told its secret.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Whether it has ended for good.</summary>
    public bool IsOver { get; set; }

    /// <summary>Stays are remembered that went on after this event: of earlier ones it cannot be told whom they were for. 0 for
    /// none.</summary>
    public long Forgotten { get; set; }

    /// <summary>The last event that it was sent.</summary>
    public long Late { get; set; }

    /// <summary>The last event that it was sent of the older half of the log, as the halves were when <see cref="Late"/> was.</summary>
    public long Early { get; set; }

    /// <summary>Which hand-out has met it last.</summary>
    public long Mark { get; set; }

    /// <summary>While it is on its way back: up to where there is nothing more that it has missed.</summary>
    public long Seen { get; set; }

    /// <summary>While it is on its way back: how its client reads them.</summary>
    public PacketFormat Format { get; set; }

    /// <summary>While it is on its way back: the frames that it has missed up to there; null, where it does not come back.</summary>
    public ArrayBufferWriter<byte>? Missed { get; set; }

    /// <summary>While it is away: the rooms that it was in, as the program names them.</summary>
    public IReadOnlyList<string> Rooms { get; set; } = [];

    /// <summary>While it is away: what the program keeps with it.</summary>
    public IDictionary<string, object?>? Data { get; set; }

    /// <summary>Whether another process has known it, and passed it on.</summary>
    public bool IsRestored { get; init; }

    /// <summary>Where it was, and is. Never changed, but replaced: it is read without the lock.</summary>
    public Stay[] Stays { get; set; } = [];

    public Stay? FindStay(string room) => Array.Find(Stays, stay => stay.IsOpen && stay.Room == room);

    /// <summary>It is in the room for all events after this one. A socket that is back has been there all the time.</summary>
    public Stay Join(string room, long last)
    {
        var stay = FindStay(room);
        if (stay is null) Stays = [.. Stays, stay = new Stay(this, room, last)];
        stay.IsEntered = true;
        return stay;
    }

    /// <summary>It is not in the room for events after this one; what ended before <paramref name="trimmed"/> is forgotten.</summary>
    public void Leave(Stay stay, long last, long trimmed)
    {
        stay.To = last;
        var left = Array.FindAll(Stays, s => s.To > trimmed && s.To != s.From);
        if (left.Count(static s => !s.IsOpen) > MostPast)
        {
            var oldest = left.MinBy(static s => s.To)!;
            left = Array.FindAll(left, s => s != oldest);
            Forgotten = Math.Max(Forgotten, oldest.To);
        }
        Stays = left;
    }

    /// <summary>It is sent an event.</summary>
    /// <param name="number">Which.</param>
    /// <param name="middle">Up to which event the log is old.</param>
    public void Delivered(long number, long middle)
    {
        if (Late <= middle) Early = Late;
        Late = number;
    }

    /// <summary>Whether it may lack something that it was sent, and that is not kept any more. It is not known of everything that it was
    /// sent whether it is kept: then it may.</summary>
    public bool MayHaveLost(long seen, long trimmed, long middle) =>
        trimmed > seen && Late > seen && !(trimmed <= middle && Late > middle && Early <= seen);

    /// <summary>Takes what is its own out of a page. False, where it has missed more than this many bytes.</summary>
    public bool TryTake(Page page, OffsetFormat offsets, long middle, int most)
    {
        foreach (var entry in page.Entries)
        {
            if (!IsMeant(AudienceWriter.Split(entry.Payload.Bytes, out var frame), entry.Offset)) continue;
            Delivered(entry.Offset, middle);
            if (Missed!.WrittenCount + frame.Length > most) return false;
            // Of what other hubs have ordered too, only here it is known where it is.
            var placed = frame.ToArray();
            offsets.Place(placed, default, entry.Offset);
            Missed.Write(Format == PacketFormat.MessagePack ? PacketFrame.ToMessagePack(placed).Span : placed);
        }
        Seen = page.UpTo;
        return true;
    }

    private bool IsMeant(ReadOnlySpan<char> audience, long number)
    {
        var isMeant = false;
        for (var parts = new AudienceReader(audience); parts.Next();)
        {
            if (!(parts.IsRoom ? WasIn(parts.Name, number) : parts.Name.SequenceEqual(id))) continue;
            if (parts.IsException) return false;
            isMeant = true;
        }
        return isMeant;
    }

    private bool WasIn(ReadOnlySpan<char> room, long number)
    {
        foreach (var stay in Stays)
        {
            if (number > stay.From && number <= stay.To && room.SequenceEqual(stay.Room)) return true;
        }
        return false;
    }
}

/// <summary>That a socket was in a room of the hub: for all events after one, up to <see cref="To"/>. Guarded by the stream's
/// lock.</summary>
internal sealed class Stay(RecoverySession session, string room, long from)
{
    public RecoverySession Session => session;

    public string Room => room;

    public long From { get; set; } = from;

    /// <summary>The last event; <see cref="long.MaxValue"/>, while it goes on.</summary>
    public long To { get; set; } = long.MaxValue;

    /// <summary>Places behind this are others' by now.</summary>
    public void LoseBehind(long last)
    {
        From = Math.Min(From, last);
        if (!IsOpen) To = Math.Min(To, last);
    }

    public bool IsOpen => To == long.MaxValue;

    /// <summary>Whether the socket is in the room by its present connection.</summary>
    public bool IsEntered { get; set; }

    /// <summary>Where it stands among those that hear the room.</summary>
    public int Place { get; set; } = -1;
}

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
            byPid.Add(session.Pid, inOrder.AddLast(new Away(space, session, time.GetTimestamp(), duration)));
        }
        return true;
    }

    /// <summary>The session with this secret, which is not away any more; null, if there is none, or none of this namespace.</summary>
    public RecoverySession? Take(string pid, SocketIONamespace space)
    {
        lock (gate)
        {
            Expire_NeedsLock();
            if (!byPid.TryGetValue(pid, out var node) || node.Value.Space != space) return null;
            // One of an earlier process may have less time than who was there before it.
            var isLate = TimeLeft(node.Value) < TimeSpan.Zero;
            Forget_NeedsLock(node);
            node.Value.Session.IsOver = isLate;
            return isLate ? null : node.Value.Session;
        }
    }

    /// <summary>Forgets who has been away for too long.</summary>
    public void Expire()
    {
        lock (gate) Expire_NeedsLock();
    }

    /// <summary>Those of a namespace, and for how long they may come back yet.</summary>
    public List<(RecoverySession Session, TimeSpan Left)> Of(SocketIONamespace space)
    {
        lock (gate) return [.. inOrder.Where(away => away.Space == space).Select(away => (away.Session, TimeLeft(away)))];
    }

    private TimeSpan TimeLeft(Away away) => away.Duration - time.GetElapsedTime(away.Since);

    private void Expire_NeedsLock()
    {
        while (inOrder.First is { } first && TimeLeft(first.Value) < TimeSpan.Zero) Forget_NeedsLock(first);
    }

    private void Forget_NeedsLock(LinkedListNode<Away> node)
    {
        node.Value.Session.IsOver = true;
        inOrder.Remove(node);
        byPid.Remove(node.Value.Session.Pid);
        node.Value.Space.Release();
    }

    private sealed record Away(SocketIONamespace Space, RecoverySession Session, long Since, TimeSpan Duration);
}
