using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>
/// The one order of a namespace with recovery (docs/specs/log.md, "Streams"): every event that its sockets get has a place here, whatever
/// its rooms, is kept with whom it was for, and is handed out under one lock. Sockets end, may come back, and are sent what they missed.
/// Thread-safe.
/// </summary>
internal sealed class RecoveryStream : IStreamFormat, IKeptLog
{
    // What a message takes in the log beside its bytes.
    private const int LeastCost = 128;

    // Where nobody comes back: what a hub may not have heard for a while.
    private static readonly Retention Short = new(16 * 1024, 4 * 1024 * 1024, TimeSpan.FromSeconds(30), TimeSpan.Zero);

    private readonly SocketIONamespace owner;
    private readonly RecoveryOptions? options;
    private readonly AwaySessions? away;
    private readonly int mostMissed;
    private readonly Lock gate = new();
    private readonly RoomLog log;
    private readonly Dictionary<string, List<Stay>> listening = new(StringComparer.Ordinal);
    private readonly SharedOrder? shared;

    // The pages that were read last: who comes back together reads the same.
    private readonly Page?[] pages = new Page?[8];
    private int nextPage;
    private long handedOut;

    // Up to which event the log is old.
    private long middle;
    private bool isClosed;

    // Whether somebody has come who reads MessagePack: then events are written that way too, behind the JSON that is kept.
    private volatile bool isPacked;

    /// <param name="owner">Whose it is.</param>
    /// <param name="options">How sockets come back; null, where they do not: then it is the order of what the program sends, for all
    /// hubs.</param>
    /// <param name="away">The sockets that may come back; null, where none may.</param>
    public RecoveryStream(SocketIONamespace owner, RecoveryOptions? options, AwaySessions? away)
    {
        (this.owner, this.options, this.away) = (owner, options, away);
        mostMissed = owner.Hub.Options.Outbox.MaxBytes / 2;
        log = new RoomLog(owner.Hub.LogBudget, RetentionOf(options, owner.Server.Options), owner.Hub.Time);
        if (owner.Hub.Cluster is not null && owner.Hub.Engine is { } engine)
        {
            shared = new SharedOrder(this, owner, engine, log.Retention, out var kept);
            log.Continue(kept, null);
            if (options is not null) Sessions = new SharedSessions(owner, options, this);
        }
        else if (owner.Server.Archive?.Take(owner.Name) is { } saved)
        {
            log.Continue(saved.Log, null);
            foreach (var (session, left) in saved.Sessions) away!.TryAdd(owner, session, left);
        }
        Offsets = new OffsetFormat(log.Epoch);
        owner.Hub.Keeper.Add(this);
        shared?.Begin();
    }

    public OffsetFormat Offsets { get; private set; }

    /// <summary>Whether sockets come back, and are told offsets.</summary>
    public bool ComesBack => options is not null;

    /// <summary>Where several hubs have this stream, and its order is the engine's: no author's id. What a room says with it among those
    /// who do not get it, its sockets get by the stream.</summary>
    public string? Shared => shared?.Name;

    /// <summary>Where sockets lie for other hubs; null, where there are none.</summary>
    public SharedSessions? Sessions { get; }

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
        if (ReservedEvents.Contains(message.Event) || (shared is not null && exceptIds?.Contains(shared.Name) == true)) return 0;
        var audience = AudienceWriter.Begin().Add(AudiencePart.Room, message.Room!.Name);
        if (sender?.Encoder == this) audience.Add(AudiencePart.ExceptId, sender.Author.Id);
        foreach (var id in exceptIds ?? (IEnumerable<string>)[]) audience.Add(AudiencePart.ExceptId, id);
        if (shared is null || !ComesBack || message.IsTransient || !message.Room!.Decides)
            return HandOut(message, frame, audience, isKept: shared is null && !message.IsTransient, isVolatile: false, batch);
        var bytes = audience.With(PacketFrame.Split(frame).Json.Span);
        lock (gate) shared.Append_NeedsLock(bytes, message.Room.Name, message.Offset, message.Time);
        return 0;
    }

    public int HandOut(in Message message, in Frame frame, IEnumerable<Peer> receivers, FlushBatch batch)
    {
        if (ReservedEvents.Contains(message.Event)) return 0;
        var taken = 0;
        var (json, packed) = PacketFrame.Split(frame);
        var late = default(Frame);
        lock (gate)
        {
            if (isPacked && packed.IsEmpty) packed = late = Encode(message, PacketFormat.MessagePack);
            Place_NeedsLock(json, packed, log.Last);
            foreach (var peer in receivers)
            {
                // Who is not told yet that it is connected would take it for more than it is.
                if (SocketPeer.Of(peer)?.Recovery?.Listener == peer
                    && batch.Deliver(peer, For(peer, json, packed), SlowPeerPolicy.Disconnect)) taken++;
            }
        }
        late.Release();
        return taken;
    }

    /// <summary>Sends an event of the program's own to its sockets, at whichever hub: numbered and kept, unless it is for those only who
    /// can take it at once, or for those of this hub.</summary>
    public void Send(in Message message, AudienceWriter audience, bool isVolatile, bool isLocal, FlushBatch batch)
    {
        if (shared is not null && !isVolatile && !isLocal)
        {
            var json = Encode(message, PacketFormat.Json);
            lock (gate) shared.Append_NeedsLock(audience.With(json.Span), room: null, 0, default);
            json.Release();
            return;
        }
        var frame = Encode(message);
        var receivers = HandOut(message, frame, audience, isKept: !isVolatile && shared is null, isVolatile, batch);
        owner.Hub.CountDirect(message, receivers, (long)receivers * frame.Length);
        batch.Count(frame.Length);
        frame.Release();
    }

    public void Joined_NeedsLock(Room room, Peer peer)
    {
        if (SocketPeer.Of(peer)?.Recovery is not { } session) return;
        // It may have been there before the namespace was.
        if (room.Name == owner.HubRooms.Default || owner.HubRooms.NameOf(room.Name) is not null) room.Keep(this);
        lock (gate)
        {
            var stay = session.Join(room.Name, log.Last);
            if (session.Listener == peer) Listen_NeedsLock(stay);
        }
        if (session.Listener == peer) Sessions?.Changed(session);
    }

    public void Left_NeedsLock(Room room, Peer peer)
    {
        if (SocketPeer.Of(peer)?.Recovery is { } session) Leave(session, room.Name);
    }

    /// <summary>The session hears the room no more. What was said since it was cut off is not for it either, where it may not be
    /// there.</summary>
    public void Leave(RecoverySession session, string room, bool isBarred = false)
    {
        lock (gate)
        {
            if (session.FindStay(room) is { } stay) Leave_NeedsLock(stay, isBarred ? session.End : log.Last);
        }
        if (session.Listener is not null) Sessions?.Changed(session);
    }

    /// <summary>The session hears no more by this peer. Its stays go on: it may come back to the same rooms.</summary>
    public void Stop(RecoverySession session, Peer? peer)
    {
        lock (gate)
        {
            if (session.Listener is null || session.Listener != peer) return;
            session.Listener = null;
            session.End = log.Last;
            foreach (var stay in session.Stays)
            {
                Unlisten_NeedsLock(stay);
                stay.IsEntered = false;
            }
        }
    }

    /// <summary>A connection of the socket has ended, and its peer has left the hub: it may come back from here on, if it may at
    /// all.</summary>
    public void End(
        RecoverySession session, Peer? peer, bool mayComeBack, IReadOnlyList<string> rooms, IDictionary<string, object?>? data)
    {
        Stop(session, peer);
        (session.Rooms, session.Data) = (rooms, data);
        if (!mayComeBack || !session.IsKnown || away?.TryAdd(owner, session, options!.MaxDisconnectionDuration) != true)
            session.IsOver = true;
        Sessions?.Changed(session);
    }

    /// <summary>Where several hubs have the order: waits until this one has handed out what a client may have got at another, as far as
    /// that can be known now.</summary>
    public async ValueTask CatchUpAsync()
    {
        if (shared is not null) await shared.CatchUpAsync().ConfigureAwait(false);
    }

    /// <summary>The socket that a client says it was, at whichever hub that was.</summary>
    public async ValueTask<RecoverySession?> TryTakeAsync(HandshakeInfo handshake, PacketFormat format)
    {
        if (Sessions is null) return TryTake(handshake, format);
        if (handshake.GetAuth("pid") is not { } pid || await Sessions.TakeAsync(pid).ConfigureAwait(false) is not { } session) return null;
        if (await TryReadMissedAsync(session, handshake, format).ConfigureAwait(false)) return session;
        session.IsOver = true;
        return null;
    }

    /// <summary>Reads what is not in memory here. What a socket was sent is known to its client alone: it must all be there.</summary>
    private async ValueTask<bool> TryReadMissedAsync(RecoverySession session, HandshakeInfo handshake, PacketFormat format)
    {
        if (!TryReadOffset(handshake, out var offset)) return false;
        var (life, seen) = (Offsets.Life, Math.Max(offset, session.Start));
        // Where it came to rooms, and left them, is said of them behind that too.
        var known = session.Stays.Select(static stay => stay.IsOpen ? stay.From : stay.To).Append(seen).Max();
        if (known > Last) await CatchUpAsync().ConfigureAwait(false);
        if (known > Last || life != Offsets.Life || session.Forgotten > seen) return false;
        (session.Seen, session.End, session.Late, session.Early) = (seen, seen, seen, seen);
        (session.Format, session.Missed) = (format, new ArrayBufferWriter<byte>());
        for (long trimmed; session.Seen < (trimmed = Trimmed);)
        {
            if (await shared!.ReadAsync(session.Seen, trimmed).ConfigureAwait(false) is not { } page) return false;
            if (!session.TryTake(page, Offsets, middle, mostMissed)) return false;
        }
        return true;
    }

    /// <summary>A socket as another hub has left it; null, where its places are of a life that has nothing in common with this.</summary>
    public RecoverySession? Restore(SavedSession saved)
    {
        var session = saved.Restore();
        if (saved.Life == Offsets.Life) return session;
        if (saved.Life is not { } life || shared!.UpToOf(life) is not { } last) return null;
        session.Start = Math.Min(session.Start, last);
        foreach (var stay in session.Stays) stay.LoseBehind(last);
        return session;
    }

    /// <summary>What is kept here begins behind this.</summary>
    public long Trimmed { get { lock (gate) return log.Trimmed; } }

    /// <summary>The last that was handed out.</summary>
    public long Last { get { lock (gate) return log.Last; } }

    /// <summary>Does something with what is known of a socket, while nothing is handed out.</summary>
    public T Look<T>(Func<T> look)
    {
        lock (gate) return look();
    }

    /// <summary>The socket that a client says it was; null, if it cannot be that again.</summary>
    public RecoverySession? TryTake(HandshakeInfo handshake, PacketFormat format)
    {
        if (handshake.GetAuth("pid") is not { } pid || away?.Take(pid, owner) is not { } session) return null;
        if (TryReadOffset(handshake, out var offset))
        {
            lock (gate)
            {
                log.Trim(owner.Hub.Time.GetTimestamp());
                var (trimmed, seen) = (log.Trimmed, Math.Max(offset, session.Start));
                session.Seen = Math.Max(seen, trimmed);
                (session.Format, session.Missed) = (format, new ArrayBufferWriter<byte>());
                var isAll = seen <= log.Last && session.Forgotten <= seen && trimmed <= session.End
                    && !session.MayHaveLost(seen, trimmed, middle);
                if (isAll) return session;
            }
        }
        session.IsOver = true;
        return null;
    }

    /// <summary>Whether one that is back is spared the middleware. After another process it is not: what that has made of it is not
    /// known.</summary>
    public bool SkipsMiddleware(RecoverySession back) => options!.SkipMiddlewares && !back.IsRestored;

    /// <summary>
    /// Reads what a socket that is let in has missed, a page at a time, while nobody waits for it. False, if that is not all there any
    /// more, or too much. With its peer it is told, when nothing is left, that it is connected and what it has missed: from here on it gets
    /// what is handed out, in the rooms that this connection has come to.
    /// </summary>
    public bool TryCatchUp(RecoverySession session, Peer? peer = null, Frame connect = default)
    {
        while (true)
        {
            Page? page;
            long old;
            lock (gate)
            {
                if (session.Missed is null || session.Seen >= log.Last)
                {
                    if (peer is not null) GoLive_NeedsLock(peer, session, connect);
                    return true;
                }
                page = Read_NeedsLock(session.Seen);
                old = middle;
            }
            if (page is null || !session.TryTake(page, Offsets, old, mostMissed)) return false;
        }
    }

    /// <summary>Lets go what nobody can have missed any more, now and then.</summary>
    public void Trim()
    {
        long trimmed;
        lock (gate)
        {
            log.Trim(owner.Hub.Time.GetTimestamp());
            Array.Clear(pages);
            trimmed = log.Trimmed;
        }
        shared?.Forget(trimmed);
        Sessions?.Renew();
    }

    public void Halve()
    {
        lock (gate) log.Halve();
    }

    /// <summary>Lets all go, and keeps nothing more.</summary>
    public void Close()
    {
        owner.Hub.Keeper.Remove(this);
        lock (gate)
        {
            isClosed = true;
            log.Close();
            Array.Clear(pages);
        }
        shared?.Close();
        Sessions?.Close();
    }

    /// <summary>All that is kept, for the process that comes after this one; it keeps nothing more.</summary>
    public KeptRoom Seal()
    {
        lock (gate)
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

    // One that never got an event offers none.
    private bool TryReadOffset(HandshakeInfo handshake, out long offset)
    {
        offset = 0;
        if (!handshake.Auth.TryGetProperty("offset", out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (handshake.GetAuth("offset") is not { } text || !OffsetFormat.TryRead(text, out offset)) return false;
        if (Offsets.IsOf(text)) return true;
        if (shared is not null) return shared.IsPast(text, offset);
        offset = 0;
        return true;
    }

    /// <summary>A page of what is kept behind an event; null, where it is not all there.</summary>
    private Page? Read_NeedsLock(long after)
    {
        if (after < log.Trimmed) return null;
        if (Array.Find(pages, known => known?.After == after) is { } known) return known;
        var page = log.Read(after, withKeys: false);
        MostReadAtOnce = Math.Max(MostReadAtOnce, page.Entries.Count);
        if (page.UpTo < log.Last) pages[nextPage++ % pages.Length] = page;
        return page;
    }

    private void GoLive_NeedsLock(Peer peer, RecoverySession session, in Frame connect)
    {
        if (session.Missed is null) session.Start = log.Last;
        // CONNECT first: what a client gets before it, it keeps over a cut, and would tell again. However much was missed, all is one frame
        // to the outbox, which is empty: it fits.
        var missed = session.Missed is { } frames ? frames.WrittenSpan : default;
        var told = Frame.Rent(connect.Length + missed.Length);
        connect.Span.CopyTo(told.Span);
        missed.CopyTo(told.Span[connect.Length..]);
        peer.Outbox.TryEnqueue(told, SlowPeerPolicy.Disconnect);
        told.Release();
        foreach (var stay in Array.FindAll(session.Stays, static stay => stay.IsOpen))
        {
            if (stay.IsEntered) Listen_NeedsLock(stay);
            else Leave_NeedsLock(stay, log.Last);
        }
        isPacked |= SocketPeer.Of(peer)!.Format == PacketFormat.MessagePack;
        (session.Listener, session.IsKnown, session.Missed) = (peer, true, null);
        (session.Rooms, session.Data) = ([], null);
        Sessions?.Changed(session);
    }

    private int HandOut(
        in Message message, in Frame frame, AudienceWriter audience, bool isKept, bool isVolatile, FlushBatch batch)
    {
        int receivers;
        var (json, packed) = PacketFrame.Split(frame);
        var late = default(Frame);
        lock (gate)
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
            Place_NeedsLock(json, packed, isKept ? log.Last + 1 : log.Last);
            if (isKept)
                log.Append(new Message(null, null, Message.DefaultEvent, Payload.Of(audience.With(json.Span)), message.Time), null);
            receivers = HandOut_NeedsLock(json, packed, audience.Parts, isKept, isVolatile, batch);
        }
        late.Release();
        owner.Hub.Keeper.TrimSoon();
        return receivers;
    }

    /// <summary>Hands out what has its place in the order of all hubs.</summary>
    public void HandOut(Entry entry, FlushBatch batch)
    {
        lock (gate)
        {
            if (isClosed) return;
            if (log.Trimmed >= middle) middle = log.Last;
            log.Take(new Message(null, null, Message.DefaultEvent, entry.Payload, entry.Time, entry.Offset), null);
            Hand_NeedsLock(entry, batch);
        }
        owner.Hub.Keeper.TrimSoon();
    }

    /// <summary>Goes on in another life of the order, or behind a hole. Who can be handed all between is; the others end, and come
    /// back.</summary>
    public void Renew(KeptRoom kept, FlushBatch batch)
    {
        Peer[] lost = [];
        lock (gate)
        {
            if (isClosed) return;
            var before = log.At(log.Last);
            log.Continue(kept, null);
            Offsets = new OffsetFormat(log.Epoch);
            middle = log.Last;
            Array.Clear(pages);
            var isWhole = log.TryFind(before, out var at) && kept.Trimmed <= at;
            Sessions?.Clamp_NeedsLock(Math.Max(at, 0));
            foreach (var entry in kept.Messages)
            {
                if ((isWhole || !ComesBack) && entry.Offset > at) Hand_NeedsLock(entry, batch);
            }
            if (!isWhole && ComesBack)
                lost = [.. listening.Values.SelectMany(static stays => stays).Select(static stay => stay.Session.Listener!).Distinct()];
        }
        foreach (var peer in lost) peer.Disconnect(CloseReason.TooSlow);
    }

    private Frame Encode(in Message message, PacketFormat format) => PacketFrame.Encode(
        OutgoingPacket.ForEvent(owner.NameBytes, message.Event, message.Payload, offset: ComesBack ? Offsets.Hole : default), format);

    private void Place_NeedsLock(in Frame json, in Frame packed, long number)
    {
        if (ComesBack) Offsets.Place(json.Span, packed.Span, number);
    }

    private static Retention RetentionOf(RecoveryOptions? options, SocketIOOptions server) => options is null ? Short : new Retention(
        // Its loss may go unnoticed for a while.
        options.MaxBytes / LeastCost, options.MaxBytes, options.MaxDisconnectionDuration + server.PingInterval + server.PingTimeout,
        TimeSpan.Zero);

    private static Frame For(Peer peer, in Frame json, in Frame packed) =>
        !packed.IsEmpty && SocketPeer.Of(peer)!.Format == PacketFormat.MessagePack ? packed : json;

    private void Hand_NeedsLock(Entry entry, FlushBatch batch)
    {
        var names = AudienceWriter.Split(entry.Payload.Bytes, out var bytes);
        if (names.IsEmpty) return;
        var json = Frame.Copy(bytes.Span);
        var packed = isPacked ? Frame.Copy(PacketFrame.ToMessagePack(bytes.Span).Span) : default;
        Place_NeedsLock(json, packed, entry.Offset);
        var receivers = HandOut_NeedsLock(json, packed, names, isKept: true, isVolatile: false, batch);
        owner.Hub.Counters.Add(0, receivers, (long)receivers * json.Length);
        json.Release();
        packed.Release();
    }

    private int HandOut_NeedsLock(
        in Frame json, in Frame packed, ReadOnlySpan<char> audience, bool isKept, bool isVolatile, FlushBatch batch)
    {
        handedOut++;
        for (var parts = new AudienceReader(audience); parts.Next();)
        {
            if (parts.Part == AudiencePart.ExceptId && FindListener(parts.Name) is { } excepted) excepted.Mark = handedOut;
            if (parts.Part != AudiencePart.ExceptRoom) continue;
            foreach (var stay in ListenersOf(parts.Name)) stay.Session.Mark = handedOut;
        }
        var receivers = 0;
        for (var parts = new AudienceReader(audience); parts.Next();)
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
