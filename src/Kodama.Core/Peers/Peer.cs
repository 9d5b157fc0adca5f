using System.Buffers.Text;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;

namespace Kodama;

/// <summary>One connected client as the hub sees it. Thread-safe.</summary>
public sealed class Peer
{
    private readonly IPeerLink link;
    private readonly Lock gate = new();
    private Membership[] memberships = [];
    private Membership[] left = [];
    private Author? author;
    private CatchUp? catchUp;
    private object? tag;
    private CancellationTokenSource? disconnected;
    private readonly TaskCompletionSource? released;
    private volatile Phase phase;
    private bool isListed;

    internal Peer(Hub hub, PeerDescription description, IPeerLink link, DateTimeOffset connectedAt)
    {
        Hub = hub;
        Id = NewId();
        Door = description.Door;
        Encoder = description.Encoder;
        Details = description.Details;
        Principal = description.Principal;
        RemoteAddress = description.RemoteAddress;
        ConnectedAt = connectedAt;
        Session = description.Session;
        IsResuming = description.IsResuming;
        if (Session is not null) released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PresenceGrace = description.PresenceGrace;
        IsListed = description.IsListed;
        Outbox = new Outbox(hub.Options.Outbox, hub.OutboxBudget) { Owner = this };
        this.link = link;
    }

    /// <summary>The hub that it is connected to.</summary>
    public Hub Hub { get; }

    /// <summary>Unguessable (128 random bits), unique, and new with each connection.</summary>
    public string Id { get; }

    /// <summary>The door by which it came.</summary>
    public string Door { get; }

    /// <summary>What it says of itself, and what authenticators have added.</summary>
    public IReadOnlyDictionary<string, string> Details { get; }

    /// <summary>Who it is, where that is known.</summary>
    public ClaimsPrincipal? Principal { get; }

    /// <summary>Where it connects from.</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>The public id of its session, or null.</summary>
    public string? Session { get; }

    /// <summary>As entries know it: by its session, or by its own id where it has none.</summary>
    public Author Author => Volatile.Read(ref author) ?? CreateAuthor();

    /// <summary>When it came.</summary>
    public DateTimeOffset ConnectedAt { get; }

    /// <summary>The wire format of what it gets.</summary>
    public IMessageEncoder Encoder { get; }

    /// <summary>What waits to be sent to it. For doors.</summary>
    public Outbox Outbox { get; }

    /// <summary>Whether it has come in and not yet gone.</summary>
    public bool IsConnected => phase == Phase.Connected;

    /// <summary>Cancelled when it has gone. Filters that are asked about its messages get it too.</summary>
    public CancellationToken Disconnected => (Volatile.Read(ref disconnected) ?? CreateDisconnected()).Token;

    /// <summary>Messages that it has sent.</summary>
    public long MessagesIn { get; internal set; }

    /// <summary>Messages put in its outbox.</summary>
    public long MessagesOut => Outbox.Enqueued;

    /// <summary>The rooms that it is in, in the order in which it joined them.</summary>
    public IReadOnlyList<Room> Rooms => Array.ConvertAll(Volatile.Read(ref memberships), m => m.Room);

    /// <summary>The room that it joined first of those that it is in: the one a raw peer speaks to; null outside all rooms.</summary>
    public Room? Room => Volatile.Read(ref memberships) is [var first, ..] ? first.Room : null;

    /// <summary>Whether readers outside its rooms are told of it. A door may keep it to itself.</summary>
    public bool IsListed { get => Volatile.Read(ref isListed); set => Volatile.Write(ref isListed, value); }

    /// <summary>Anything that the program wants to keep with this peer.</summary>
    public object? Tag { get => Volatile.Read(ref tag); set => Volatile.Write(ref tag, value); }

    /// <summary>Whether the peer is in this room.</summary>
    public bool IsIn(Room room) => Find(room) is not null;

    /// <summary>What the rules let it do in a room; nothing where it is not in it.</summary>
    public RoomRights RightsIn(Room room) => Find(room)?.Rights ?? RoomRights.None;

    /// <summary>Says something to this peer alone, outside the order of any room. False, when it is gone or its outbox is full.</summary>
    /// <param name="payload">Text or bytes, which convert.</param>
    public bool Send(Payload payload) => Send(Message.DefaultEvent, payload);

    /// <inheritdoc cref="Send(Payload)"/>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">Text, bytes, or <see cref="Payload.Arguments"/>.</param>
    public bool Send(string eventName, Payload payload)
    {
        using var batch = FlushBatch.Rent();
        return Hub.SendDirect([this], payload, eventName, batch) == 1;
    }

    /// <summary>Ends its connection, after what it has been sent before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No close frame may carry this code: it takes 1000-1003, 1007-1014 or 3000-4999 (RFC
    /// 6455 section 7.4).</exception>
    public void Disconnect(ushort code = 4001, string? text = null)
    {
        Disconnect(new CloseReason(code, text ?? CloseReason.Disconnected.Text));
    }

    /// <summary>Ends its connection: it leaves its rooms at once, and its connection when it has been told.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No close frame may carry the reason's code: <see
    /// cref="CloseReason.IsSendable"/>.</exception>
    public void Disconnect(CloseReason reason)
    {
        reason.ThrowIfNotSendable();
        Hub.Remove(this, reason);
        link.Close(reason);
    }

    /// <summary>For doors: the way to its connection, which is the object of the door by which it came.</summary>
    public IPeerLink Link => link;

    /// <summary>Whether there is one; not for a client that is only described, by a door without connections.</summary>
    internal bool HasConnection => link != NoLink.Instance;

    /// <summary>What cancels the rules that are asked for it: the caller's own token, or where it has none, its end.</summary>
    internal CancellationToken UntilGone(CancellationToken own) => own.CanBeCanceled ? own : Disconnected;

    internal void Flush() => link.Flush();

    /// <summary>Ends when those who are told of peers have been told of this one.</summary>
    internal Task Announced { get; private set; } = Task.CompletedTask;

    /// <summary>Ends, for one with a session, when it has gone and nothing is held for it any more.</summary>
    internal Task Released => released?.Task ?? Task.CompletedTask;

    internal void SetReleased() => released?.TrySetResult();

    internal void Open(Task announced)
    {
        Announced = announced;
        lock (gate) phase = Phase.Connected;
    }

    internal TimeSpan? PresenceGrace { get; }

    internal bool HasSession => Session is not null;

    /// <summary>Whether another connection of its session may be somewhere.</summary>
    internal bool IsResuming { get; }

    /// <summary>Of the connections of its session at all hubs, the larger is the newer; 0 for the first.</summary>
    internal long Seat { get; set; }

    /// <summary>The rooms in which it may publish, by name.</summary>
    internal string[] RoomsToPublish() =>
        [.. Memberships.Where(static m => m.Rights.HasFlag(RoomRights.Publish)).Select(static m => m.Room.Name)];

    internal Membership[] Memberships => Volatile.Read(ref memberships);

    /// <summary>The same; once it has gone, those that it had then, until <see cref="ForgetLeft"/>.</summary>
    internal Membership[] LastMemberships
    {
        get
        {
            lock (gate) return phase == Phase.Gone ? left : memberships;
        }
    }

    internal void ForgetLeft()
    {
        lock (gate) left = [];
    }

    /// <summary>Places a room at the end or the beginning of <see cref="Rooms"/>, as if it had been joined last or first. False, where it
    /// is there already.</summary>
    internal bool Move(Room room, bool toEnd)
    {
        lock (gate)
        {
            var at = Array.FindIndex(memberships, m => m.Room == room);
            if (at < 0 || at == (toEnd ? memberships.Length - 1 : 0)) return false;
            var moved = memberships[at];
            var others = Array.FindAll(memberships, m => m != moved);
            Volatile.Write(ref memberships, toEnd ? [.. others, moved] : [moved, .. others]);
            return true;
        }
    }

    /// <summary>Brings it up to date where it is not live. Returns without waiting.</summary>
    internal void CatchUp()
    {
        var pump = Volatile.Read(ref catchUp);
        if (pump is null)
        {
            var created = new CatchUp(this);
            pump = Interlocked.CompareExchange(ref catchUp, created, null) ?? created;
        }
        pump.Request();
    }

    // Asked for every message: a lambda would be made each time.
    internal Membership? Find(Room room)
    {
        foreach (var membership in Volatile.Read(ref memberships))
        {
            if (membership.Room == room) return membership;
        }
        return null;
    }

    /// <summary>Whether there is a room in which both are and this one may publish.</summary>
    internal bool MayPublishBeside(Peer other)
    {
        foreach (var membership in Volatile.Read(ref memberships))
        {
            if ((membership.Rights & RoomRights.Publish) != 0 && other.IsIn(membership.Room)) return true;
        }
        return false;
    }

    /// <summary>Joins under the peer's lock, so that a peer that is going is in no room afterwards. Null, when the room has
    /// vanished.</summary>
    internal Joined? Join(Room room, JoinRequest request, RoomGrant? grant, int maxRooms, long? start)
    {
        lock (gate)
        {
            if (!IsConnected) return Joined.Refused(JoinResult.Gone);
            if (Array.Exists(memberships, m => m.Room.Name == room.Name)) return Joined.Refused(JoinResult.AlreadyIn);
            if (memberships.Length >= maxRooms) return Joined.Refused(JoinResult.PeerFull);
            var membership = new Membership(room, this, request, grant);
            var joined = room.TryAdd(membership, request, start, grant);
            if (joined?.Membership is not null) Volatile.Write(ref memberships, [.. memberships, membership]);
            return joined;
        }
    }

    internal bool Leave(Room room) => Find(room) is { } membership && Leave(membership);

    /// <summary>Leaves by this membership; false, when it has ended.</summary>
    internal bool Leave(Membership membership)
    {
        lock (gate)
        {
            if (!Array.Exists(memberships, m => m == membership)) return false;
            Volatile.Write(ref memberships, Array.FindAll(memberships, m => m != membership));
            membership.Room.Remove(membership, null);
        }
        membership.Room.Members.Left(membership, null);
        return true;
    }

    /// <summary>Takes the peer out of all rooms for good, and answers which it was in; null, when it had gone already.</summary>
    internal Membership[]? Go(CloseReason reason)
    {
        Membership[] had;
        lock (gate)
        {
            if (!IsConnected) return null;
            phase = Phase.Gone;
            left = had = memberships;
            foreach (var membership in had) membership.Room.Remove(membership, reason);
            Volatile.Write(ref memberships, []);
        }
        // Whoever waits for it runs on a thread of its own.
        _ = disconnected?.CancelAsync();
        return had;
    }

    // Made when something is said: most peers only listen.
    private Author CreateAuthor()
    {
        var created = new Author(Session ?? Id, Details);
        return Interlocked.CompareExchange(ref author, created, null) ?? created;
    }

    // Made for whoever asks: most peers never need one.
    private CancellationTokenSource CreateDisconnected()
    {
        lock (gate)
        {
            if (disconnected is not null) return disconnected;
            var source = new CancellationTokenSource();
            if (phase == Phase.Gone) source.Cancel();
            Volatile.Write(ref disconnected, source);
            return source;
        }
    }

    private static string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    private enum Phase : byte
    {
        /// <summary>Described; perhaps on its way in.</summary>
        Described,

        Connected,

        Gone,
    }
}
