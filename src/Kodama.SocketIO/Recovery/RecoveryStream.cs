using System.Runtime.InteropServices;

namespace Kodama.SocketIO;

/// <summary>
/// The one order of a namespace with recovery (docs/specs/log.md, "Streams"): every event that its sockets get has a place here, whatever
/// its rooms, is kept with whom it was for, and is handed out under one lock. Thread-safe.
/// </summary>
internal sealed class RecoveryStream : IStreamFormat, IKeptLog
{
    // What a message takes in the log beside its bytes.
    private const int LeastCost = 128;

    private readonly SocketIONamespace owner;
    private readonly RoomLog log;
    private readonly Dictionary<string, List<Stay>> listening = new(StringComparer.Ordinal);

    // The pages that were read last: who comes back together reads the same.
    private readonly Page?[] pages = new Page?[8];
    private int nextPage;
    private long handedOut;
    private long middle;
    private bool isClosed;

    // Whether somebody has come who reads MessagePack: then events are written that way too, behind the JSON that is kept.
    private volatile bool isPacked;

    /// <param name="owner">Whose events.</param>
    /// <param name="options">How much is kept, and how long a client may be away.</param>
    /// <param name="untilLossIsNoticed">How long its loss may go unnoticed.</param>
    /// <param name="kept">What an earlier process has kept, or null.</param>
    public RecoveryStream(SocketIONamespace owner, RecoveryOptions options, TimeSpan untilLossIsNoticed, KeptRoom? kept)
    {
        this.owner = owner;
        var age = options.MaxDisconnectionDuration + untilLossIsNoticed;
        log = new RoomLog(
            owner.Hub.LogBudget, new Retention(options.MaxBytes / LeastCost, options.MaxBytes, age, TimeSpan.Zero), owner.Hub.Time);
        if (kept is not null) log.Continue(kept, null);
        Offsets = new OffsetFormat(log.Epoch);
        owner.Hub.Keeper.Add(this);
    }

    public Lock Gate { get; } = new();

    public OffsetFormat Offsets { get; }

    public long Last_NeedsLock => log.Last;

    public long Trimmed_NeedsLock => log.Trimmed;

    /// <summary>Up to which event the log is old.</summary>
    public long Middle_NeedsLock => middle;

    public long Capacity => log.Capacity;

    /// <summary>Most entries that were ever read while all rooms waited.</summary>
    public int MostReadAtOnce { get; private set; }

    public Frame Encode(in Message message)
    {
        if (ReservedEvents.Contains(message.Event)) return PacketFrame.Encode(EnginePacketType.Noop);
        var json = Encode(message, PacketFormat.Json);
        return isPacked ? Frame.Join([json, Encode(message, PacketFormat.MessagePack)]) : json;
    }

    public int HandOut_NeedsLock(
        in Message message, in Frame frame, Peer? sender, IReadOnlySet<string>? exceptIds, FlushBatch batch)
    {
        if (ReservedEvents.Contains(message.Event)) return 0;
        var audience = AudienceWriter.Begin().Add(AudiencePart.Room, message.Room!.Name);
        if (sender?.Encoder == this) audience.Add(AudiencePart.ExceptId, sender.Author.Id);
        if (exceptIds is not null)
        {
            foreach (var id in exceptIds) audience.Add(AudiencePart.ExceptId, id);
        }
        return HandOut(message, frame, audience, isKept: !message.IsTransient, isVolatile: false, batch);
    }

    public int HandOut(in Message message, in Frame frame, IEnumerable<Peer> receivers, FlushBatch batch)
    {
        if (ReservedEvents.Contains(message.Event)) return 0;
        var taken = 0;
        var (json, packed) = PacketFrame.Split(frame);
        var late = default(Frame);
        lock (Gate)
        {
            if (isPacked && packed.IsEmpty) packed = late = Encode(message, PacketFormat.MessagePack);
            OffsetFormat.Place(json.Span, packed.Span, log.Last);
            foreach (var peer in receivers)
            {
                // Who is not told yet that it is connected would take it for more than it is.
                if (SocketPeer.Of(peer) is { Recovery: { } session } && session.Listener == peer
                    && batch.Deliver(peer, For(peer, json, packed), SlowPeerPolicy.Disconnect)) taken++;
            }
        }
        late.Release();
        return taken;
    }

    /// <summary>Sends an event of the program's own to its sockets: numbered and kept, unless it is for those only who can take it at
    /// once.</summary>
    public void Send(in Message message, AudienceWriter audience, bool isVolatile, FlushBatch batch)
    {
        var frame = Encode(message);
        var receivers = HandOut(message, frame, audience, isKept: !isVolatile, isVolatile, batch);
        owner.Hub.CountDirect(message, receivers, (long)receivers * frame.Length);
        batch.Count(frame.Length);
        frame.Release();
    }

    /// <summary>A page of what is kept behind an event, and the last event there is; false, where it is not all there.</summary>
    public bool TryRead(long after, out Page page, out long last, out long old)
    {
        lock (Gate)
        {
            (last, old) = (log.Last, middle);
            return TryRead_NeedsLock(after, out page);
        }
    }

    /// <inheritdoc cref="TryRead"/>
    public bool TryRead_NeedsLock(long after, out Page page)
    {
        page = null!;
        if (after < log.Trimmed) return false;
        if (Array.Find(pages, known => known?.After == after) is { } known)
        {
            page = known;
            return true;
        }
        page = log.Read(after, withKeys: false);
        MostReadAtOnce = Math.Max(MostReadAtOnce, page.Entries.Count);
        if (page.UpTo < log.Last) pages[nextPage++ % pages.Length] = page;
        return true;
    }

    /// <summary>The session hears the room from now on, if it has a listener; it has missed what came before.</summary>
    public void Join(RecoverySession session, string room)
    {
        lock (Gate)
        {
            var stay = session.Join(room, log.Last);
            if (session.Listener is not null) Listen_NeedsLock(stay);
        }
    }

    public void Leave(RecoverySession session, string room)
    {
        lock (Gate)
        {
            if (session.Stays.Find(stay => stay.IsOpen && stay.Room == room) is { } stay) Leave_NeedsLock(stay, log.Last);
        }
    }

    /// <summary>What was said in the room since the session was cut off is not for it.</summary>
    public void Bar(RecoverySession session, string room)
    {
        lock (Gate)
        {
            if (session.Stays.Find(stay => stay.IsOpen && stay.Room == room) is { } stay) Leave_NeedsLock(stay, session.End);
        }
    }

    /// <summary>The session hears what is handed out from here on, in the rooms that this connection has come to.</summary>
    public void Begin_NeedsLock(RecoverySession session, Peer peer)
    {
        foreach (var stay in session.Stays.FindAll(static stay => stay.IsOpen))
        {
            if (stay.IsEntered) Listen_NeedsLock(stay);
            else Leave_NeedsLock(stay, log.Last);
        }
        isPacked |= SocketPeer.Of(peer)!.Format == PacketFormat.MessagePack;
        session.Begin(peer);
    }

    /// <summary>The session hears no more by this peer. Its stays go on: it may come back to the same rooms.</summary>
    public void Stop(RecoverySession session, Peer? peer)
    {
        lock (Gate)
        {
            if (!session.Stop(peer, log.Last)) return;
            foreach (var stay in session.Stays)
            {
                Unlisten_NeedsLock(stay);
                stay.IsEntered = false;
            }
        }
    }

    /// <summary>Lets go what nobody can have missed any more, now and then.</summary>
    public void Trim()
    {
        lock (Gate)
        {
            Trim_NeedsLock();
            Array.Clear(pages);
        }
    }

    /// <summary>Lets go what nobody can have missed any more.</summary>
    public void Trim_NeedsLock() => log.Trim(owner.Hub.Time.GetTimestamp());

    public void Halve()
    {
        lock (Gate) log.Halve();
    }

    /// <summary>Lets all go, and keeps nothing more.</summary>
    public void Close()
    {
        owner.Hub.Keeper.Remove(this);
        lock (Gate)
        {
            isClosed = true;
            log.Close();
            Array.Clear(pages);
        }
    }

    /// <summary>All that is kept, for the process that comes after this one; it keeps nothing more.</summary>
    public KeptRoom Seal()
    {
        lock (Gate)
        {
            isClosed = true;
            var entries = new List<Entry>();
            var trimmed = log.Trimmed;
            for (var at = trimmed; at < log.Last;)
            {
                var page = log.Read(at, withKeys: false);
                entries.AddRange(page.Entries);
                at = page.UpTo;
            }
            return new KeptRoom(log.Epoch, log.Last, log.LastTime, trimmed, entries, [], 0, [], 0);
        }
    }

    private int HandOut(
        in Message message, in Frame frame, AudienceWriter audience, bool isKept, bool isVolatile, FlushBatch batch)
    {
        int receivers;
        var (json, packed) = PacketFrame.Split(frame);
        var late = default(Frame);
        lock (Gate)
        {
            // Somebody came after it was written who reads it so.
            if (isPacked && packed.IsEmpty) packed = late = Encode(message, PacketFormat.MessagePack);
            if (isKept && isClosed)
            {
                owner.Server.Archive?.Spoil();
                isKept = false;
            }
            // So that of what a session was sent it is known which half it is of.
            if (isKept && log.Trimmed >= middle) middle = log.Last;
            OffsetFormat.Place(json.Span, packed.Span, isKept ? log.Last + 1 : log.Last);
            if (isKept)
                log.Append(new Message(null, null, Message.DefaultEvent, Payload.Of(audience.With(json.Span)), message.Time), null);
            receivers = HandOut_NeedsLock(json, packed, audience, isKept, isVolatile, batch);
        }
        late.Release();
        owner.Hub.Keeper.TrimSoon();
        return receivers;
    }

    private Frame Encode(in Message message, PacketFormat format) => PacketFrame.Encode(
        OutgoingPacket.ForEvent(owner.NameBytes, message.Event, message.Payload, offset: Offsets.Hole), format);

    private static Frame For(Peer peer, in Frame json, in Frame packed) =>
        !packed.IsEmpty && SocketPeer.Of(peer)!.Format == PacketFormat.MessagePack ? packed : json;

    private int HandOut_NeedsLock(
        in Frame json, in Frame packed, AudienceWriter audience, bool isKept, bool isVolatile, FlushBatch batch)
    {
        handedOut++;
        for (var parts = new AudienceReader(audience.Parts); parts.Next();)
        {
            if (parts.Part == AudiencePart.ExceptId && FindListener(parts.Name) is { } excepted) excepted.Mark = handedOut;
            if (parts.Part != AudiencePart.ExceptRoom) continue;
            foreach (var stay in ListenersOf(parts.Name)) stay.Session.Mark = handedOut;
        }
        var receivers = 0;
        for (var parts = new AudienceReader(audience.Parts); parts.Next();)
        {
            if (parts.Part == AudiencePart.Id && FindListener(parts.Name) is { } one)
            {
                if (Hand_NeedsLock(one, json, packed, isKept, isVolatile, false, batch)) receivers++;
            }
            else if (parts.Part == AudiencePart.Room)
            {
                var stays = ListenersOf(parts.Name);
                var isCrowd = stays.Length >= CrowdFlush.Smallest;
                foreach (var stay in stays)
                {
                    if (Hand_NeedsLock(stay.Session, json, packed, isKept, isVolatile, isCrowd, batch)) receivers++;
                }
                if (isCrowd) batch.CountCrowd(owner.Hub.Crowds, json.Length);
            }
        }
        return receivers;
    }

    private bool Hand_NeedsLock(
        RecoverySession session, in Frame json, in Frame packed, bool isKept, bool isVolatile, bool isCrowd, FlushBatch batch)
    {
        if (session.Mark == handedOut) return false;
        session.Mark = handedOut;
        var peer = session.Listener!;
        if (isVolatile && !SendPath.IsWritable(peer)) return false;
        if (isKept) session.Delivered(log.Last, middle);
        return batch.Deliver(peer, For(peer, json, packed), SlowPeerPolicy.Disconnect, isCrowd);
    }

    private RecoverySession? FindListener(ReadOnlySpan<char> id) =>
        owner.FindSocket(id)?.Link.Recovery is { Listener: not null } session ? session : null;

    private ReadOnlySpan<Stay> ListenersOf(ReadOnlySpan<char> room) =>
        listening.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(room, out var stays) ? CollectionsMarshal.AsSpan(stays) : default;

    private void Listen_NeedsLock(Stay stay)
    {
        if (stay.Place >= 0) return;
        if (!listening.TryGetValue(stay.Room, out var stays)) listening[stay.Room] = stays = [];
        stay.Place = stays.Count;
        stays.Add(stay);
    }

    private void Unlisten_NeedsLock(Stay stay)
    {
        if (stay.Place < 0) return;
        var stays = listening[stay.Room];
        (stays[stay.Place] = stays[^1]).Place = stay.Place;
        stays.RemoveAt(stays.Count - 1);
        stay.Place = -1;
        if (stays.Count == 0) listening.Remove(stay.Room);
    }

    private void Leave_NeedsLock(Stay stay, long last)
    {
        Unlisten_NeedsLock(stay);
        stay.Session.Leave(stay, last, log.Trimmed);
    }
}
