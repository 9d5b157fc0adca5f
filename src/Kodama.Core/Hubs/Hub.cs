using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama;

/// <summary>The rooms, the peers and the rules of one process. Thread-safe.</summary>
public sealed class Hub
{
    private const int IdBytes = 16;

    private readonly HubDetails details;
    private readonly PeerRegistry peers = new();
    private readonly PeerValidators validators;
    private readonly MessageFilters filters;
    private readonly RoomRules roomRules;
    private readonly PeerEntrance entrance;
    private readonly RoomEntrance joins;
    private readonly RoomReview review;
    private readonly Visits visits;
    private readonly DirectMessages direct;
    private readonly Neighbours neighbours;

    /// <summary>A hub without peers and rooms.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <param name="options">Its options; read once where they do not say otherwise.</param>
    /// <param name="rules">Its policy.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="logger">Its log.</param>
    /// <param name="engine">Where its rooms are kept beyond memory; null for nowhere. Stays the caller's, to dispose after the hub has
    /// stopped.</param>
    public Hub(
        HubOptions? options = null, HubRules? rules = null, TimeProvider? time = null, ILogger<Hub>? logger = null, IEngine? engine = null)
    {
        Options = options ?? new HubOptions();
        Options.Validate();
        Time = time ?? TimeProvider.System;
        Logger = logger ?? NullLogger<Hub>.Instance;
        Engine = engine;
        Cluster = engine?.Cluster;
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        StartedAt = Time.GetUtcNow();
        details = new HubDetails(Options.Details);
        Sessions = new SessionKeys(engine?.SessionKey ?? RandomNumberGenerator.GetBytes(32));
        OutboxBudget = new OutboxBudget(Options.Outbox.MaxTotalBytes);
        PendingBudget = new OutboxBudget(Options.Log.MaxPendingBytes);
        LogBudget = new LogBudget(Options.Log.MaxTotalBytes);
        RoomRegistry = new RoomRegistry(this);
        Keeper = new RoomKeeper(this, RoomRegistry);
        Crowds = new CrowdFlush(this);
        rules ??= new HubRules();
        validators = new PeerValidators(rules.Validators, Counters, Logger);
        filters = new MessageFilters(rules.Filters, Counters, Logger);
        roomRules = new RoomRules(rules.RoomRules, Logger);
        Grants = new Grants(roomRules);
        Publishing = new Publishing(this, filters);
        neighbours = new Neighbours(this, peers);
        entrance = new PeerEntrance(this, peers, neighbours, validators, new ConnectionEvents(rules.Events, Logger));
        joins = new RoomEntrance(this, RoomRegistry, Grants);
        review = new RoomReview(RoomRegistry, Grants);
        visits = new Visits(this, RoomRegistry, Grants, Publishing);
        direct = new DirectMessages(this, peers, filters, neighbours);
    }

    /// <summary>Raised, after the change, by <see cref="UpdateDetails"/>.</summary>
    public event Action<IReadOnlyDictionary<string, string>>? DetailsChanged;

    /// <summary>
    /// For doors: a change of presence or state has its place. Told in the room's order and under its lock: whoever hears it notes it and
    /// returns, and calls nothing of the hub's.
    /// </summary>
    public event Action<Room, Entry>? KeyChanged;

    /// <summary>32 hexadecimal digits, random for each hub: tells one that is found by two ways, or came back at another address, from
    /// two.</summary>
    public string Id { get; }

    /// <summary>What the hub tells of itself.</summary>
    public IReadOnlyDictionary<string, string> Details => details.Current;

    /// <summary>When it was made.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>How it stands with the engine; null where there is none, or nothing to be said.</summary>
    public EngineCondition? EngineCondition => Engine?.Condition;

    /// <summary>Whether the engine knows that something is wrong with it, and has told so: what fails for it now may not later.</summary>
    public bool IsEngineAway => EngineCondition is { Wrong: not null };

    /// <summary>Whether <see cref="Stop"/> was called.</summary>
    public bool IsStopping => entrance.IsClosed;

    /// <summary>The rooms that exist now.</summary>
    public IReadOnlyCollection<Room> Rooms => RoomRegistry.Opened;

    /// <summary>The peers that are connected now.</summary>
    public IReadOnlyCollection<Peer> Peers => peers.All;

    /// <summary>How many peers are connected now.</summary>
    public int PeerCount => peers.Count;

    /// <summary>What it has counted. Cheap: no room and no peer is asked.</summary>
    public HubCounts Counts => Counters.Sum(peers.Count, RoomRegistry.Count, OutboxBudget.Dropped);

    /// <summary>Bytes that the hub has copied for peers which do not keep up, all together.</summary>
    /// <seealso cref="OutboxOptions.MaxTotalBytes"/>
    public long UnsentBytes => OutboxBudget.Taken;

    /// <summary>For doors: gives sessions their secrets, and knows them again.</summary>
    public SessionKeys Sessions { get; }

    /// <summary>For doors: whether rooms have rules. If not, everyone may do everything in all of them.</summary>
    public bool HasRoomRules => roomRules.AreSome;

    /// <summary>For doors: how many reviews have begun. After another, what rules have answered counts no more.</summary>
    public long Reviews => Grants.Reviews;

    internal HubOptions Options { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal IEngine? Engine { get; }

    /// <summary>For doors: the hubs that share its rooms; null, where there can be none.</summary>
    public ICluster? Cluster { get; }

    internal OutboxBudget OutboxBudget { get; }

    /// <summary>What waits for the engine.</summary>
    internal OutboxBudget PendingBudget { get; }

    /// <summary>What rooms keep encoded for those who catch up.</summary>
    internal OutboxBudget PageBudget { get; } = new(PageCache.MostBytes);

    internal LogBudget LogBudget { get; }

    internal HubCounters Counters { get; } = new();

    internal WatcherList Watchers { get; } = new();

    internal RoomRegistry RoomRegistry { get; }

    internal RoomKeeper Keeper { get; }

    internal CrowdFlush Crowds { get; }

    internal Grants Grants { get; }

    internal Publishing Publishing { get; }

    internal bool HasFilters => filters.AreSome;

    /// <summary>In which format a room of this name is written too, whoever is there; set before there are rooms.</summary>
    internal Func<string, IMessageEncoder?>? FormatOf { set => RoomRegistry.FormatOf = value; }

    /// <summary>The room of this name, or null while there is none.</summary>
    public Room? FindRoom(string name) => RoomRegistry.Find(name);

    /// <summary>The peer with this id, or of the session with this public id; null when it has gone.</summary>
    public Peer? FindPeer(string id) => peers.Find(id);

    /// <summary>Changes what the hub tells of itself.</summary>
    public void UpdateDetails(Action<IDictionary<string, string>> change)
    {
        details.Update(change);
        DetailsChanged?.Invoke(Details);
    }

    /// <summary>Begins to watch what happens; dispose the watcher to stop.</summary>
    public HubWatcher Watch(WatchOptions? options = null) => Watchers.Add(options ?? new WatchOptions(), RoomRegistry);

    /// <summary>What happens from the first read on, until the token is cancelled.</summary>
    public async IAsyncEnumerable<HubEvent> WatchAsync(
        WatchOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var watcher = Watch(options);
        await foreach (var happened in watcher.WithCancellation(cancellationToken)) yield return happened;
    }

    /// <summary>Says something of the hub's own to every peer but some, of the other hubs of its cluster too, outside the order of any
    /// room. Answers how many peers it was handed to here.</summary>
    /// <param name="payload">Text or bytes, which convert.</param>
    /// <param name="except">Who does not get it.</param>
    public int Send(Payload payload, IReadOnlyCollection<Peer>? except = null) => Send(Message.DefaultEvent, payload, except);

    /// <inheritdoc cref="Send(Payload, IReadOnlyCollection{Peer}?)"/>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">Text, bytes, or <see cref="Payload.Arguments"/>.</param>
    /// <param name="except">Who does not get it.</param>
    public int Send(string eventName, Payload payload, IReadOnlyCollection<Peer>? except = null)
    {
        var count = direct.SendToAll(payload, eventName, except);
        neighbours.TellAll(eventName, payload);
        return count;
    }

    /// <summary>The same to every peer, and how many it was handed to at all hubs of the cluster that have answered in time.</summary>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">Text, bytes, or <see cref="Payload.Arguments"/>.</param>
    public async ValueTask<int> SendAsync(string eventName, Payload payload) =>
        direct.SendToAll(payload, eventName, except: null) + await neighbours.SendToAllAsync(eventName, payload);

    /// <summary>Says something of the hub's own to one peer or session of this hub alone, outside the order of any room. False, when it is
    /// not here or its outbox is full.</summary>
    /// <param name="peerOrSession">Its id: the <see cref="Message.From"/> of what it has said, or a member's.</param>
    /// <param name="payload">Text or bytes, which convert.</param>
    public bool SendTo(string peerOrSession, Payload payload) => SendTo(peerOrSession, Message.DefaultEvent, payload);

    /// <inheritdoc cref="SendTo(string, Payload)"/>
    /// <param name="peerOrSession">Its id: the <see cref="Message.From"/> of what it has said, or a member's.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">Text, bytes, or <see cref="Payload.Arguments"/>.</param>
    public bool SendTo(string peerOrSession, string eventName, Payload payload) =>
        FindPeer(peerOrSession)?.Send(eventName, payload) == true;

    /// <summary>The same to a peer or session of any hub of the cluster.</summary>
    /// <inheritdoc cref="SendTo(string, string, Payload)"/>
    public async ValueTask<bool> SendToAsync(string peerOrSession, string eventName, Payload payload) =>
        SendTo(peerOrSession, eventName, payload) || (FindPeer(peerOrSession) is null && neighbours.AreReachable
            && (await neighbours.SendAsync(sender: null, peerOrSession, new Message(null, null, eventName, payload, Time.GetUtcNow())))
                .Refusal is null);

    /// <summary>Ends the connection of a peer or session, at whichever hub of the cluster it is. False, when there is no such peer that
    /// lists tell of.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No close frame may carry the reason's code: <see
    /// cref="CloseReason.IsSendable"/>.</exception>
    public async ValueTask<bool> DisconnectAsync(string peerOrSession, CloseReason reason)
    {
        reason.ThrowIfNotSendable();
        if (FindPeer(peerOrSession) is not { } peer) return await neighbours.DisconnectAsync(peerOrSession, reason);
        if (!peer.IsListed) return false;
        peer.Disconnect(reason);
        return true;
    }

    /// <summary>
    /// For doors: lets a client in as a peer, if the validators accept it. It is in no room yet. An older connection of its session ends
    /// first.
    /// </summary>
    public ValueTask<Admission> AdmitAsync(PeerDescription description, IPeerLink link, CancellationToken cancellationToken = default) =>
        entrance.AdmitAsync(Describe(description, link), cancellationToken);

    /// <summary>For doors whose clients have an outbox before they come in: lets one in, once, that is described with its link.</summary>
    /// <inheritdoc cref="AdmitAsync(PeerDescription, IPeerLink, CancellationToken)"/>
    public ValueTask<Admission> AdmitAsync(Peer described, CancellationToken cancellationToken = default) =>
        entrance.AdmitAsync(described, cancellationToken);

    /// <summary>Takes a peer into a room, which appears if it did not exist, by the program's own word: no rule of the room is
    /// asked.</summary>
    /// <remarks>At once: where several hubs have the room, and the peer comes from another, <see cref="Room.CatchUpAsync"/> goes
    /// before.</remarks>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    public JoinResult Join(Peer peer, string roomName) => Join(peer, new JoinRequest { Room = roomName }, grant: null).Result;

    /// <inheritdoc cref="Join(Peer, string)"/>
    public Joined Join(Peer peer, JoinRequest request) => Join(peer, request, grant: null);

    /// <summary>For doors: a peer wants into a room. The rules of the room say what it may do there.</summary>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    /// <remarks>
    /// A rule may take its time: whoever holds a <see cref="FlushBatch"/> flushes it before. The rules are cancelled by the token, or by
    /// <see cref="Peer.Disconnected"/> where there is none.
    /// </remarks>
    public ValueTask<Joined> JoinAsync(Peer peer, JoinRequest request, CancellationToken cancellationToken = default)
    {
        RoomName.ThrowIfInvalid(request.Room);
        return joins.JoinAsync(peer, request, peer.UntilGone(cancellationToken));
    }

    /// <summary>For doors without connections: a client as the rules see it, which is never connected. With a link, one that may be let in
    /// later.</summary>
    public Peer Describe(PeerDescription client, IPeerLink? link = null) => new(this, client, link ?? NoLink.Instance, Time.GetUtcNow());

    /// <summary>
    /// For doors without connections: whether the validators let a client that is described do something, which need not be in a room.
    /// Null, if they do, else why not.
    /// </summary>
    /// <param name="client">From <see cref="Describe"/>.</param>
    /// <param name="wanted">For what: one that only reads takes no name.</param>
    /// <param name="cancellationToken">Cancels the validators.</param>
    public ValueTask<CloseReason?> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken = default) =>
        validators.ValidateRequestAsync(client, wanted, cancellationToken);

    /// <summary>
    /// For doors without connections: what a client may do in the room of this name, which need not exist, as if it joined with this token.
    /// </summary>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    public ValueTask<RoomRights> GrantAsync(
        Peer client, string roomName, string? token = null, CancellationToken cancellationToken = default)
    {
        RoomName.ThrowIfInvalid(roomName);
        return Grants.RightsAsync(client, roomName, token, cancellationToken);
    }

    /// <summary>
    /// For doors without connections: a client asks something of the room of this name, which need not exist. The validators are asked, and
    /// the rules of the room, as if it joined with this token; with <see cref="Visit.Refusal"/> it may not.
    /// </summary>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    /// <param name="client">Who.</param>
    /// <param name="roomName">Where.</param>
    /// <param name="wanted">All that it needs.</param>
    /// <param name="token">What it has brought for the rules of the room.</param>
    /// <param name="cancellationToken">Cancels the rules.</param>
    public ValueTask<Visit> VisitAsync(
        PeerDescription client, string roomName, RoomRights wanted, string? token = null, CancellationToken cancellationToken = default) =>
        visits.BeginAsync(client, roomName, wanted, token, cancellationToken);

    /// <summary>
    /// For doors: a peer that is connected asks something of the room of this name without being in it. The rules of the room are asked, as
    /// if it joined with this token; the validators were, when it came. With <see cref="Visit.Refusal"/> it may not.
    /// </summary>
    /// <remarks>A visit may be kept while the peer is connected: the rules are asked again where a review has begun since.</remarks>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    public ValueTask<Visit> VisitAsync(
        Peer peer, string roomName, RoomRights wanted, string? token = null, CancellationToken cancellationToken = default) =>
        visits.BeginAsync(peer, roomName, wanted, token, peer.UntilGone(cancellationToken));

    /// <summary>Asks the rules again for everyone in the room of this name: <see cref="Room.ReviewAsync"/>. Other hubs of the cluster are
    /// told to do so too, and not waited for.</summary>
    public Task ReviewAsync(string roomName, CancellationToken cancellationToken = default)
    {
        neighbours.TellReview(roomName);
        return ReviewHereAsync(roomName, cancellationToken);
    }

    /// <summary>For doors: gives a peer other things of a room that it is in from now on, so that nothing is lost between: what is said
    /// there, and members, as they are now. Null, when it is not in it.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="room">Where.</param>
    /// <param name="messages">Whether it is given what is said.</param>
    /// <param name="presence">Whether it is told of members.</param>
    /// <param name="tell">Enqueues what tells it, between what it has got up to the position and what comes behind: the room's lock is
    /// held.</param>
    public static Joined? Change(Peer peer, Room room, bool messages, bool presence, Action<Joined>? tell = null)
    {
        if (peer.Find(room) is not { } membership) return null;
        lock (room.Gate)
        {
            if (membership.IsGone) return null;
            var changed = new MemberFeed(membership).Change_NeedsLock(messages, presence);
            tell?.Invoke(changed);
            return changed;
        }
    }

    /// <summary>Takes a peer out of a room. False, when it was not in it.</summary>
    public static bool Leave(Peer peer, Room room) => peer.Leave(room);

    /// <summary>Takes a peer out of a room as a review does whose rules grant it nothing there any more: its door tells it. False, when it
    /// was not in it.</summary>
    public static bool Expel(Peer peer, Room room)
    {
        if (!peer.Leave(room)) return false;
        peer.Link.Expelled(peer, room);
        return true;
    }

    /// <summary>Takes all peers out of the room of this name, at all hubs of the cluster, as <see cref="Expel"/> does; answers how many
    /// they were.</summary>
    public async ValueTask<int> EmptyAsync(string roomName) => EmptyHere(roomName) + await neighbours.EmptyAsync(roomName);

    /// <summary>
    /// For doors: a message of a peer to a room that it is in; of one that is not in it now, it is refused. It passes the filters, and then
    /// has its place in the room. The payload's memory is borrowed until the task ends.
    /// </summary>
    /// <remarks>The filters are cancelled by the token, or by <see cref="Peer.Disconnected"/> where there is none.</remarks>
    public ValueTask<PublishResult> PublishAsync(
        Peer sender, Room room, Payload payload, string eventName, FlushBatch batch, CancellationToken cancellationToken = default) =>
        Publishing.PublishAsync(sender, visit: null, room, payload, eventName, new PublishOptions(), batch, cancellationToken);

    /// <inheritdoc cref="PublishAsync(Peer, Room, Payload, string, FlushBatch, CancellationToken)"/>
    /// <param name="sender">Who says it; in the room.</param>
    /// <param name="room">Where.</param>
    /// <param name="payload">What.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="options">Whether it has an id, and a place.</param>
    /// <param name="batch">Who got something.</param>
    /// <param name="cancellationToken">Cancels the filters.</param>
    public ValueTask<PublishResult> PublishAsync(
        Peer sender, Room room, Payload payload, string eventName, in PublishOptions options, FlushBatch batch,
        CancellationToken cancellationToken = default) =>
        Publishing.PublishAsync(sender, visit: null, room, payload, eventName, options, batch, cancellationToken);

    /// <summary>
    /// For doors: a message of a peer to another alone, which is in a room in which the sender may publish, outside the order of any room.
    /// It passes the filters, and is kept nowhere. The payload's memory is borrowed until the task ends.
    /// </summary>
    /// <param name="sender">Who says it.</param>
    /// <param name="to">The id of a peer or of a session.</param>
    /// <param name="payload">What.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="batch">Who got something.</param>
    public ValueTask<PublishResult> SendAsync(Peer sender, string to, Payload payload, string eventName, FlushBatch batch) =>
        direct.SendAsync(sender, to, payload, eventName, batch);

    /// <summary>
    /// For doors without connections: a message of a client that is in no room. It passes the filters like any other; its sender is a peer
    /// that is described but never connected. A room that does not exist appears for it, and keeps it for whoever comes; where nothing
    /// would be kept, it goes nowhere and gets no offset. Ends when it is decided, and not with whoever asked.
    /// </summary>
    /// <param name="visit">Who, and where.</param>
    /// <param name="payload">What.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="options">Whether it has an id, and a place.</param>
    /// <param name="cancellationToken">Cancels the filters.</param>
    public ValueTask<PublishResult> PublishAsync(
        Visit visit, Payload payload, string eventName, PublishOptions options = default, CancellationToken cancellationToken = default) =>
        visits.PublishAsync(visit, payload, eventName, options, cancellationToken);

    /// <inheritdoc cref="PublishAsync(Visit, Payload, string, PublishOptions, CancellationToken)"/>
    /// <remarks>The validators and the rules of the room are asked as by
    /// <see cref="VisitAsync(PeerDescription, string, RoomRights, string?, CancellationToken)"/>.</remarks>
    public async ValueTask<PublishResult> PublishAsync(
        PeerDescription publisher, string roomName, Payload payload, string eventName, PublishOptions options = default,
        CancellationToken cancellationToken = default)
    {
        var visit = await VisitAsync(publisher, roomName, RoomRights.Publish, token: null, cancellationToken);
        return await PublishAsync(visit, payload, eventName, options, cancellationToken);
    }

    /// <summary>
    /// For doors without connections: sets a key of a room's state, or removes it where there is no value, for a client that is in no room.
    /// Ends when it is decided.
    /// </summary>
    public ValueTask<PublishResult> ChangeStateAsync(
        Visit visit, string key, Payload? value, KeyCondition condition = default, CancellationToken cancellationToken = default) =>
        visits.ChangeStateAsync(visit, key, value, condition, cancellationToken);

    /// <inheritdoc cref="ChangeStateAsync(Visit, string, Payload?, KeyCondition, CancellationToken)"/>
    /// <remarks>The validators and the rules of the room are asked as by
    /// <see cref="VisitAsync(PeerDescription, string, RoomRights, string?, CancellationToken)"/>.</remarks>
    public async ValueTask<PublishResult> ChangeStateAsync(
        PeerDescription writer, string roomName, string key, Payload? value, KeyCondition condition = default,
        CancellationToken cancellationToken = default)
    {
        var visit = await VisitAsync(writer, roomName, RoomRights.State, token: null, cancellationToken);
        return await ChangeStateAsync(visit, key, value, condition, cancellationToken);
    }

    /// <summary>Sets a key of the room of this name by the program's own word: no rule and no filter is asked. The room appears if it did
    /// not exist. Ends when it is decided.</summary>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    public ValueTask<PublishResult> SetStateAsync(string roomName, string key, Payload value) =>
        visits.SetStateAsync(roomName, key, value);

    /// <summary>
    /// For doors: the room of this name, to read what is kept of it; null, where there is none and no engine that could have kept it. Or
    /// why it is not known what there is: <see cref="RefusalCode.TooManyRooms"/>, <see cref="RefusalCode.Unavailable"/>.
    /// </summary>
    public RefusalCode OpenToRead(string roomName, out Room? room)
    {
        RoomName.ThrowIfInvalid(roomName);
        if (Engine is not null) return RoomRegistry.TryOpen(roomName, out room);
        room = FindRoom(roomName);
        return RefusalCode.None;
    }

    /// <summary>
    /// What is kept of a room from a start on, and then what happens there: <see cref="Room.ListenAsync"/>. The room appears if it did not
    /// exist, and stays while it is listened to.
    /// </summary>
    /// <exception cref="InvalidOperationException">The hub has as many rooms as <see cref="LogOptions.MaxRooms"/>.</exception>
    /// <exception cref="EngineException">What is kept of the room cannot be opened.</exception>
    public IAsyncEnumerable<EntryPage> ListenAsync(
        string roomName, Start start = default, CancellationToken cancellationToken = default) =>
        joins.ListenAsync(roomName, start, cancellationToken);

    /// <summary>For doors: a peer's connection has ended, or is about to. It leaves its rooms. Does nothing the second time.</summary>
    public void Remove(Peer peer, CloseReason reason) => entrance.Remove(peer, reason);

    /// <summary>Lets nobody in any more and says goodbye to every peer, after what waits in its outbox. Returns without waiting for
    /// them.</summary>
    public void Stop(CloseReason? reason = null)
    {
        entrance.Close(reason ?? CloseReason.GoingAway);
        Keeper.Dispose();
    }

    /// <summary>Has the rule asked about every room, behind those that the hub was made with. For a door, before there are peers.</summary>
    internal void Add(IRoomRule rule) => roomRules.Add(rule);

    /// <inheritdoc cref="RoomEntrance.AskAsync"/>
    internal ValueTask<RoomGrant> AskAsync(Peer peer, string roomName, CancellationToken cancellationToken) =>
        joins.AskAsync(peer, roomName, cancellationToken);

    /// <inheritdoc cref="RoomEntrance.Join"/>
    internal Joined Join(Peer peer, JoinRequest request, RoomGrant? grant) => joins.Join(peer, request, grant);

    /// <inheritdoc cref="RoomRegistry.Open"/>
    internal Room? OpenRoom(string name) => RoomRegistry.Open(name);

    /// <summary>What the filters make of a message that goes to the program, and to no room.</summary>
    internal ValueTask<(Message Message, string? Refusal)> FilterAsync(
        Peer sender, Room room, Payload payload, string eventName, FlushBatch batch) =>
        filters.FilterAsync(new Message(sender, room, eventName, payload, Time.GetUtcNow()), batch, sender.Disconnected);

    internal Task ReviewHereAsync(string roomName, CancellationToken cancellationToken) => review.RunAsync(roomName, cancellationToken);

    internal int EmptyHere(string roomName) => FindRoom(roomName) is { } room ? room.Peers.Count(peer => Expel(peer, room)) : 0;

    internal int SendHere(string eventName, Payload payload) => direct.SendToAll(payload, eventName, except: null);

    internal int SendDirect(IEnumerable<Peer> receivers, in Message message, FlushBatch batch) => direct.Send(receivers, message, batch);

    internal int SendDirect(IEnumerable<Peer> receivers, Payload payload, string eventName, FlushBatch batch) =>
        direct.Send(receivers, new Message(null, null, eventName, payload, Time.GetUtcNow()), batch);

    // It stands between the log and those who are to get it.
    internal void TellKey_NeedsLock(Room room, Entry change)
    {
        try
        {
            KeyChanged?.Invoke(room, change);
        }
        catch (Exception exception)
        {
            RoomsLog.KeyListenerFailed(Logger, room.Name, change.Offset, exception);
        }
    }

    /// <summary>Counts a message outside the order of any room that a door has handed out itself, and tells the watchers.</summary>
    internal void CountDirect(in Message message, int receivers, long bytes) => direct.Count(message, receivers, bytes);
}
