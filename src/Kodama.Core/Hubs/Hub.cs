using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama;

/// <summary>The rooms, the peers and the rules of one process. Thread-safe.</summary>
public sealed class Hub
{
    private const int IdBytes = 16;

    // Of rooms that have none of their own.
    private static readonly RoomOptions LikeTheHub = new();

    // A rule may ask a database, which is asked for so many peers of a room at once.
    private const int ReviewsAtOnce = 16;

    private readonly ConcurrentDictionary<string, Room> rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Peer> peers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Peer> sessions = new(StringComparer.Ordinal);
    private readonly SessionTurns entrances = new();
    private readonly RuleRunner rules;
    private readonly Lock retiring = new();
    private readonly Lock detailing = new();
    private FrozenDictionary<string, string> details;
    private bool stopping;
    private int seats;
    private int peerCount;
    private int roomCount;
    private long reviews;
    private long vanishedRooms;
    private long filtered;
    private long refused;

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
        OutboxBudget = new OutboxBudget(Options.Outbox.MaxTotalBytes);
        PendingBudget = new OutboxBudget(Options.Log.MaxPendingBytes);
        LogBudget = new LogBudget(Options.Log.MaxTotalBytes);
        Engine = engine;
        Keeper = new RoomKeeper(this);
        Sessions = new SessionKeys(engine?.SessionKey ?? RandomNumberGenerator.GetBytes(32));
        this.rules = new RuleRunner(rules ?? new HubRules(), logger ?? NullLogger<Hub>.Instance);
        Time = time ?? TimeProvider.System;
        details = Options.Details.ToFrozenDictionary(StringComparer.Ordinal);
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        StartedAt = Time.GetUtcNow();
        Crowds = new CrowdFlush(this);
        Logger = logger ?? NullLogger<Hub>.Instance;
    }

    /// <summary>Raised, after the change, by <see cref="UpdateDetails"/>.</summary>
    public event Action<IReadOnlyDictionary<string, string>>? DetailsChanged;

    /// <summary>32 hexadecimal digits, random for each hub: tells one that is found by two ways, or came back at another address, from
    /// two.</summary>
    public string Id { get; }

    /// <summary>What the hub tells of itself.</summary>
    public IReadOnlyDictionary<string, string> Details => Volatile.Read(ref details);

    /// <summary>When it was made.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Whether <see cref="Stop"/> was called.</summary>
    public bool IsStopping => Volatile.Read(ref stopping);

    /// <summary>The rooms that exist now.</summary>
    public IReadOnlyCollection<Room> Rooms => [.. rooms.Values.Where(static room => room.IsOpen)];

    /// <summary>The peers that are connected now.</summary>
    public IReadOnlyCollection<Peer> Peers => (IReadOnlyCollection<Peer>)peers.Values;

    /// <summary>How many peers are connected now.</summary>
    public int PeerCount => Volatile.Read(ref peerCount);

    /// <summary>What it has counted. Cheap: no room and no peer is asked.</summary>
    public HubCounts Counts => Count();

    internal HubOptions Options { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal WatcherList Watchers { get; } = new();

    /// <summary>The rooms, without a copy and without a lock: those that come and go meanwhile may be missed.</summary>
    internal IEnumerable<Room> RoomsInPassing => rooms.Select(static pair => pair.Value);

    internal bool HasRooms => !rooms.IsEmpty;

    internal int RoomCount => Volatile.Read(ref roomCount);

    /// <summary>Whether there may be another room.</summary>
    internal bool HasPlaceForRoom => RoomCount < Options.Log.MaxRooms && LogBudget.HasPlaceForRoom;

    /// <summary>For doors: gives sessions their secrets, and knows them again.</summary>
    public SessionKeys Sessions { get; }

    internal HubCounters Counters { get; } = new();

    internal OutboxBudget OutboxBudget { get; }

    /// <summary>What waits for the engine.</summary>
    internal OutboxBudget PendingBudget { get; }

    internal LogBudget LogBudget { get; }

    internal IEngine? Engine { get; }

    internal RoomKeeper Keeper { get; }

    internal CrowdFlush Crowds { get; }

    internal bool HasFilters => rules.HasFilters;

    /// <summary>For doors: whether rooms have rules. If not, everyone may do everything in all of them.</summary>
    public bool HasRoomRules => rules.HasRoomRules;

    /// <summary>For doors: how many reviews have begun. After another, what rules have answered counts no more.</summary>
    public long Reviews => Interlocked.Read(ref reviews);

    /// <summary>Which group a room of this name is born into; set before there are rooms.</summary>
    internal Func<string, RoomGroup?>? GroupOf { get; set; }

    /// <summary>The room of this name, or null while there is none.</summary>
    public Room? FindRoom(string name) => rooms.GetValueOrDefault(name) is { IsOpen: true } room ? room : null;

    /// <summary>The peer with this id, or of the session with this public id; null when it has gone.</summary>
    public Peer? FindPeer(string id) => peers.GetValueOrDefault(id) ?? sessions.GetValueOrDefault(id);

    /// <summary>Changes what the hub tells of itself.</summary>
    public void UpdateDetails(Action<IDictionary<string, string>> change)
    {
        lock (detailing)
        {
            var next = new Dictionary<string, string>(details, StringComparer.Ordinal);
            change(next);
            Volatile.Write(ref details, next.ToFrozenDictionary(StringComparer.Ordinal));
        }
        DetailsChanged?.Invoke(Details);
    }

    /// <summary>Begins to watch what happens; dispose the watcher to stop.</summary>
    public HubWatcher Watch(WatchOptions? options = null)
    {
        var watcher = Watchers.Add(options ?? new WatchOptions());
        ICollection<Room> existing;
        long vanished;
        lock (retiring) (existing, vanished) = (rooms.Values, vanishedRooms);
        watcher.Begin(existing, vanished);
        return watcher;
    }

    /// <summary>What happens from the first read on, until the token is cancelled.</summary>
    public async IAsyncEnumerable<HubEvent> WatchAsync(
        WatchOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var watcher = Watch(options);
        await foreach (var happened in watcher.WithCancellation(cancellationToken)) yield return happened;
    }

    /// <summary>Sends a message of the hub's own to every peer but some, outside the order of any room. Answers how many peers it was
    /// handed to.</summary>
    public int Send(Payload payload, string eventName = Message.DefaultEvent, IReadOnlyCollection<Peer>? except = null)
    {
        using var batch = FlushBatch.Rent();
        return SendDirect(except is null ? peers.Values : peers.Values.Except(except), payload, eventName, batch, isForAll: true);
    }

    /// <summary>
    /// For doors: lets a client in as a peer, if the validators accept it. It is in no room yet. An older connection of its session ends
    /// first.
    /// </summary>
    public async ValueTask<Admission> AdmitAsync(PeerDescription description, IPeerLink link, CancellationToken cancellationToken = default)
    {
        if (IsStopping) return new Admission(CloseReason.GoingAway);
        var announced = rules.HasEvents ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        Peer peer;
        // One that is on its way in cannot be ended before it is open.
        using (await entrances.TakeAsync(description.Session))
        {
            // It may be dead without knowing, and holds what its client needs to come back: a seat, a name.
            await TakeOverAsync(description.Session);
            if (Interlocked.Increment(ref seats) > Options.MaxPeers)
            {
                Interlocked.Decrement(ref seats);
                Interlocked.Increment(ref refused);
                var most = $"{Options.MaxPeers} peer{(Options.MaxPeers == 1 ? "" : "s")}";
                return new Admission(CloseReason.Refused with { Text = $"The hub is full: it takes {most}." });
            }
            peer = new Peer(this, description, link, Time.GetUtcNow());
            if (await rules.ValidateAsync(peer, cancellationToken) is { } refusal)
            {
                Interlocked.Decrement(ref seats);
                Interlocked.Increment(ref refused);
                return new Admission(refusal);
            }
            // Registered before it can go: whoever removes it finds it here.
            peers[peer.Id] = peer;
            Interlocked.Increment(ref peerCount);
            if (peer.Session is { } session) sessions[session] = peer;
            peer.Open(announced?.Task ?? Task.CompletedTask);
        }
        await rules.ConnectedAsync(peer, cancellationToken);
        announced?.SetResult();
        // Whoever came between the first look and the registry was not told.
        if (IsStopping) peer.Disconnect(CloseReason.GoingAway);
        return new Admission(peer);
    }

    /// <summary>Takes a peer into a room, which appears if it did not exist, by the program's own word: no rule of the room is
    /// asked.</summary>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    public JoinResult Join(Peer peer, string roomName) => Join(peer, new JoinRequest { Room = roomName }, grant: null).Result;

    /// <summary>For doors: a peer wants into a room. The rules of the room say what it may do there.</summary>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    /// <remarks>
    /// A rule may take its time: whoever holds a <see cref="FlushBatch"/> flushes it before. The rules are cancelled by the token, or by
    /// <see cref="Peer.Disconnected"/> where there is none.
    /// </remarks>
    public ValueTask<Joined> JoinAsync(Peer peer, JoinRequest request, CancellationToken cancellationToken = default)
    {
        RoomName.ThrowIfInvalid(request.Room);
        var ending = cancellationToken.CanBeCanceled ? cancellationToken : peer.Disconnected;
        if (rules.HasRoomRules) return JoinGrantedAsync(peer, request, ending);
        // It would be kept as long as the peer is there, for nobody.
        if (request.Token is not null) request = request.WithoutToken();
        var joined = Join(peer, request, new RoomGrant(RoomRights.All, Reviews));
        return joined.IsOutdated ? JoinAsync(peer, request, cancellationToken) : new(joined);
    }

    /// <summary>For doors without connections: a client as the rules see it, which is never connected.</summary>
    public Peer Describe(PeerDescription client) => new(this, client, NoLink.Instance, Time.GetUtcNow());

    /// <summary>
    /// For doors without connections: whether the validators let a client that is described do something, which need not be in a room.
    /// Null, if they do, else why not.
    /// </summary>
    /// <param name="client">From <see cref="Describe"/>.</param>
    /// <param name="wanted">For what: one that only reads takes no name.</param>
    /// <param name="cancellationToken">Cancels the validators.</param>
    public async ValueTask<CloseReason?> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken = default)
    {
        var refusal = await rules.ValidateRequestAsync(client, wanted, cancellationToken);
        if (refusal is not null) Interlocked.Increment(ref refused);
        return refusal;
    }

    /// <summary>
    /// For doors without connections: what a client may do in the room of this name, which need not exist, as if it joined with this token.
    /// </summary>
    /// <exception cref="ArgumentException">No room can have this name.</exception>
    public ValueTask<RoomRights> GrantAsync(
        Peer client, string roomName, string? token = null, CancellationToken cancellationToken = default)
    {
        RoomName.ThrowIfInvalid(roomName);
        var asking = rules.GrantAsync(client, roomName, token, cancellationToken);
        return asking.IsCompletedSuccessfully ? new(asking.Result.Rights) : RightsOfAsync(asking);
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
    public async ValueTask<Visit> VisitAsync(
        PeerDescription client, string roomName, RoomRights wanted, string? token = null, CancellationToken cancellationToken = default)
    {
        RoomName.ThrowIfInvalid(roomName);
        var visit = new Visit(Describe(client), roomName, token);
        if (await ValidateRequestAsync(visit.Client, wanted, cancellationToken) is { } refusal)
        {
            visit.Refusal = PublishResult.Refused(RefusalCode.Refused, refusal.Text);
            return visit;
        }
        var reason = await AskAsync(visit, cancellationToken);
        if ((visit.Rights & wanted) != wanted) visit.Refusal = NotGranted(roomName, reason);
        return visit;
    }

    /// <summary>Asks the rules again for everyone in the room of this name: <see cref="Room.ReviewAsync"/>.</summary>
    public async Task ReviewAsync(string roomName, CancellationToken cancellationToken = default)
    {
        // Before the members are listed: who joins by an older answer is among them, or is asked for again.
        Interlocked.Increment(ref reviews);
        if (FindRoom(roomName) is not { } room) return;
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = ReviewsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(room.Granted(), atOnce, ReviewAsync);
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

    /// <summary>
    /// Takes a peer out of one room and into another, in which it may be already, by the program's own word: no rule is asked.
    /// <see cref="JoinResult.Gone"/> also when it was not in the first. It misses nothing of the new room from its join on, and gets
    /// nothing of the old one after its leave.
    /// </summary>
    public JoinResult Move(Peer peer, Room from, string toRoomName)
    {
        RoomName.ThrowIfInvalid(toRoomName);
        // To leave and come back would end a room that it is alone in.
        if (from.Name == toRoomName && peer.IsIn(from)) return JoinResult.AlreadyIn;
        if (!peer.Leave(from)) return JoinResult.Gone;
        return Join(peer, toRoomName);
    }

    /// <summary>
    /// For doors: a message of a peer to a room that it is in; of one that is not in it now, it is refused. It passes the filters, and then
    /// has its place in the room. The payload's memory is borrowed until the task ends.
    /// </summary>
    /// <remarks>The filters are cancelled by the token, or by <see cref="Peer.Disconnected"/> where there is none.</remarks>
    public ValueTask<PublishResult> PublishAsync(
        Peer sender, Room room, Payload payload, string eventName, FlushBatch batch, CancellationToken cancellationToken = default) =>
        PublishAsync(sender, room, payload, eventName, new PublishOptions(), batch, cancellationToken);

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
        PublishAsync(sender, visit: null, room, payload, eventName, options, batch, cancellationToken);

    private ValueTask<PublishResult> PublishAsync(
        Peer sender, Visit? visit, Room room, Payload payload, string eventName, in PublishOptions options, FlushBatch batch,
        CancellationToken cancellationToken)
    {
        sender.MessagesIn++;
        Membership? member = null;
        if (sender.Link != NoLink.Instance)
        {
            member = sender.Find(room);
            if (RefusePublishing(room, member) is { } refusal) return new(refusal);
        }
        if (options is { IsTransient: true, Id: not null }) return new(PublishResult.Refused(
            RefusalCode.Invalid, "An id is for messages that have a place, and a transient one has none: leave one of the two out."));
        var message = new Message(sender, room, eventName, payload, Time.GetUtcNow())
        {
            IsTransient = options.IsTransient,
            Id = options.Id?.Value,
        };
        var standing = new Standing(member, visit);
        if (options.Id is { } id) return PublishOnceAsync(message, id, standing, batch, cancellationToken);
        if (!rules.HasFilters) return new(room.Publisher.Publish(message, batch, standing: standing));
        var ending = cancellationToken.CanBeCanceled ? cancellationToken : sender.Disconnected;
        return FilterAndPublishAsync(message, null, default, standing, batch, ending);
    }

    /// <summary>
    /// For doors: a message of a peer to another alone, which is in a room in which the sender may publish, outside the order of any room.
    /// It passes the filters, and is kept nowhere. The payload's memory is borrowed until the task ends.
    /// </summary>
    /// <param name="sender">Who says it.</param>
    /// <param name="to">The id of a peer or of a session.</param>
    /// <param name="payload">What.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="batch">Who got something.</param>
    public async ValueTask<PublishResult> SendAsync(Peer sender, string to, Payload payload, string eventName, FlushBatch batch)
    {
        sender.MessagesIn++;
        if (FindReceiver(sender, to, out _) is { } unheard) return unheard;
        var message = new Message(sender, null, eventName, payload, Time.GetUtcNow());
        var refusal = default(string);
        if (rules.HasFilters) (message, refusal) = await rules.FilterAsync(message, batch, sender.Disconnected);
        if (refusal is not null) return Drop(refusal);
        // Again: either may have gone, or left, while the filters were asked.
        if (FindReceiver(sender, to, out var receiver) is { } late) return late;
        return SendDirect([receiver!], message, batch) == 1 ? new PublishResult(0, 1) : PeerGone();
    }

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
        Visit visit, Payload payload, string eventName, PublishOptions options = default, CancellationToken cancellationToken = default)
    {
        var goesNowhere = FindRoom(visit.Room) is null
            && (options.IsTransient || Retention.Of(OptionsOf(visit.Room).Log, Options.Log).Messages == 0);
        if (goesNowhere) return new(visit.Refusal ?? default);
        return InRoomAsync(
            visit, RoomRights.Publish,
            (room, batch) => PublishAsync(visit.Client, visit, room, payload, eventName, options, batch, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc cref="PublishAsync(Visit, Payload, string, PublishOptions, CancellationToken)"/>
    /// <remarks>The validators and the rules of the room are asked as by <see cref="VisitAsync"/>.</remarks>
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
        InRoomAsync(
            visit, RoomRights.State,
            (room, batch) => room.State.ChangeAsync(visit, key, value, batch, condition, cancellationToken), cancellationToken);

    /// <inheritdoc cref="ChangeStateAsync(Visit, string, Payload?, KeyCondition, CancellationToken)"/>
    /// <remarks>The validators and the rules of the room are asked as by <see cref="VisitAsync"/>.</remarks>
    public async ValueTask<PublishResult> ChangeStateAsync(
        PeerDescription writer, string roomName, string key, Payload? value, KeyCondition condition = default,
        CancellationToken cancellationToken = default)
    {
        var visit = await VisitAsync(writer, roomName, RoomRights.State, token: null, cancellationToken);
        return await ChangeStateAsync(visit, key, value, condition, cancellationToken);
    }

    /// <summary>
    /// For doors: the room of this name, to read what is kept of it; null, where there is none and no engine that could have kept it. Or
    /// why it is not known what there is: <see cref="RefusalCode.TooManyRooms"/>, <see cref="RefusalCode.Unavailable"/>.
    /// </summary>
    public RefusalCode OpenToRead(string roomName, out Room? room)
    {
        RoomName.ThrowIfInvalid(roomName);
        if (Engine is not null) return TryOpen(roomName, out room);
        room = FindRoom(roomName);
        return RefusalCode.None;
    }

    /// <summary>
    /// What is kept of a room from a start on, and then what happens there: <see cref="Room.ListenAsync"/>. The room appears if it did not
    /// exist, and stays while it is listened to.
    /// </summary>
    /// <exception cref="InvalidOperationException">The hub has as many rooms as <see cref="LogOptions.MaxRooms"/>.</exception>
    /// <exception cref="EngineException">What is kept of the room cannot be opened.</exception>
    public async IAsyncEnumerable<EntryPage> ListenAsync(
        string roomName, Start start = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        RoomName.ThrowIfInvalid(roomName);
        while (true)
        {
            var room = OpenRoom(roomName) ?? throw new InvalidOperationException(TooManyRooms);
            // It may vanish at this moment.
            await foreach (var page in room.ListenAsync(start, cancellationToken)) yield return page;
            cancellationToken.ThrowIfCancellationRequested();
            Forget(room);
        }
    }

    /// <summary>For doors: a peer's connection has ended, or is about to. It leaves its rooms. Does nothing the second time.</summary>
    public void Remove(Peer peer, CloseReason reason)
    {
        if (peer.Go(reason) is not { } left) return;
        if (peers.TryRemove(new(peer.Id, peer))) Interlocked.Decrement(ref peerCount);
        Interlocked.Decrement(ref seats);
        rules.Release(peer);
        // Only now: who comes back finds it until what it held is free.
        if (peer.Session is not null) sessions.TryRemove(new(peer.Session, peer));
        peer.SetReleased();
        foreach (var membership in left) membership.Room.Members.Left(membership, reason);
        if (rules.HasEvents) _ = TellGoneAsync(peer, reason);
    }

    /// <summary>Lets nobody in any more and says goodbye to every peer, after what waits in its outbox. Returns without waiting for
    /// them.</summary>
    public void Stop(CloseReason? reason = null)
    {
        var goodbye = reason ?? CloseReason.GoingAway;
        goodbye.ThrowIfNotSendable();
        Volatile.Write(ref stopping, true);
        foreach (var peer in peers.Values) peer.Disconnect(goodbye);
        Keeper.Dispose();
    }

    private async ValueTask TakeOverAsync(string? session)
    {
        if (session is null || !sessions.TryGetValue(session, out var older)) return;
        older.Disconnect(CloseReason.TakenOver);
        // It may be going already, by another thread that has not released it yet.
        await older.Released;
    }

    /// <summary>What the filters make of a message that goes to the program, and to no room; with a refusal it is counted as
    /// dropped.</summary>
    internal ValueTask<(Message Message, string? Refusal)> FilterAsync(
        Peer sender, Room room, Payload payload, string eventName, FlushBatch batch) =>
        FilterAsync(new Message(sender, room, eventName, payload, Time.GetUtcNow()), batch, sender.Disconnected);

    /// <summary>What the filters make of something that a peer wants; with a refusal it is counted as dropped.</summary>
    internal async ValueTask<(Message Message, string? Refusal)> FilterAsync(
        Message message, FlushBatch batch, CancellationToken cancellationToken)
    {
        var filtered = await rules.FilterAsync(message, batch, cancellationToken);
        if (filtered.Refusal is not null) Interlocked.Increment(ref this.filtered);
        return filtered;
    }

    internal int SendDirect(IEnumerable<Peer> receivers, Payload payload, string eventName, FlushBatch batch, bool isForAll = false) =>
        SendDirect(receivers, new Message(null, null, eventName, payload, Time.GetUtcNow()), batch, isForAll);

    private int SendDirect(IEnumerable<Peer> receivers, in Message message, FlushBatch batch, bool isForAll = false)
    {
        var count = 0;
        var bytes = 0L;
        foreach (var group in receivers.Where(static peer => peer.IsConnected).GroupBy(static peer => peer.Encoder))
        {
            var frame = group.Key.Encode(message);
            var taken = DeliverDirect(group.Key, message, frame, group, batch);
            count += taken;
            bytes += (long)taken * frame.Length;
            frame.Release();
        }
        CountDirect(message, count, bytes, isForAll);
        return count;
    }

    /// <summary>Counts a message outside the order of any room that a door has handed out itself, and tells the watchers.</summary>
    internal void CountDirect(in Message message, int receivers, long bytes, bool isForAll = false)
    {
        Counters.Add(1, receivers, bytes);
        if (Watchers.Count == 0) return;
        var owned = message.With(message.Payload.ToOwned());
        Watchers.Tell(new HubEvent(HubEventKind.Message, null, 0, null, null, owned, message.Time, message.Payload.Length)
        {
            IsForAll = isForAll,
        });
    }

    internal void Forget(Room room)
    {
        lock (retiring)
        {
            if (!rooms.TryRemove(new(room.Name, room))) return;
            Count(room, -1);
            room.Vanished = ++vanishedRooms;
        }
    }

    private int DeliverDirect(IMessageEncoder encoder, in Message message, in Frame frame, IEnumerable<Peer> receivers, FlushBatch batch)
    {
        if (encoder is not IOrderedEncoder ordered) return DeliverDirect(frame, receivers, batch);
        lock (ordered.Gate)
        {
            ordered.Place_NeedsLock(message, frame);
            return DeliverDirect(frame, receivers, batch);
        }
    }

    private int DeliverDirect(in Frame frame, IEnumerable<Peer> receivers, FlushBatch batch)
    {
        var count = 0;
        foreach (var peer in receivers)
        {
            if (batch.Deliver(peer, frame, Options.Outbox.SlowPeers)) count++;
        }
        return count;
    }

    // What was published under the id before the rules are asked: they may have changed what it said, or count what they are asked.
    private ValueTask<PublishResult> PublishOnceAsync(
        in Message message, in PublishId id, in Standing standing, FlushBatch batch, CancellationToken cancellationToken)
    {
        if (!PublishId.IsValid(id.Value))
        {
            return new(PublishResult.Refused(
                RefusalCode.Invalid, $"An id takes 1 to {PublishId.MaxLength} characters of printable ASCII without spaces."));
        }
        var room = message.Room!;
        var digest = PublishId.Digest(message.Event, message.Payload);
        if (room.Publisher.Find(id, digest, message.Author?.Id) is { } found) return new(found);
        if (!rules.HasFilters) return new(room.Publisher.Publish(message, batch, null, id, digest, standing));
        var ending = cancellationToken.CanBeCanceled ? cancellationToken : message.Sender!.Disconnected;
        return FilterAndPublishAsync(message, id, digest, standing, batch, ending);
    }

    private ValueTask<PublishResult> FilterAndPublishAsync(
        in Message message, PublishId? id, UInt128 digest, in Standing standing, FlushBatch batch, CancellationToken cancellationToken)
    {
        var filtering = rules.FilterAsync(message, batch, cancellationToken);
        if (!filtering.IsCompletedSuccessfully) return PublishWhenFilteredAsync(filtering, id, digest, standing, batch);
        var (passed, refusal) = filtering.Result;
        return new(PublishUnless(refusal, passed, id, digest, standing, batch));
    }

    private async ValueTask<PublishResult> PublishWhenFilteredAsync(
        ValueTask<(Message Message, string? Refusal)> filtering, PublishId? id, UInt128 digest, Standing standing, FlushBatch batch)
    {
        var (passed, refusal) = await filtering;
        return PublishUnless(refusal, passed, id, digest, standing, batch);
    }

    private PublishResult PublishUnless(
        string? refusal, in Message message, in PublishId? id, UInt128 digest, in Standing standing, FlushBatch batch)
    {
        if (refusal is null) return message.Room!.Publisher.Publish(message, batch, null, id, digest, standing);
        message.Room!.Publisher.Dropped(id, message.Author?.Id);
        return Drop(refusal);
    }

    /// <summary>Why a member, or who is none, may publish nothing now; null, if it may.</summary>
    internal static PublishResult? RefusePublishing(Room room, Membership? member)
    {
        if (member is null or { IsGone: true })
            return PublishResult.Refused(RefusalCode.NotJoined, $"The peer is not in room {room.Name}: join it first.");
        return (member.Rights & RoomRights.Publish) == 0
            ? PublishResult.Refused(RefusalCode.NotAllowed, $"The rules of room {room.Name} do not grant publishing.")
            : null;
    }

    private static PublishResult NotGranted(string room, string? reason = null) =>
        PublishResult.Refused(RefusalCode.NotAllowed, reason ?? $"The rules of room {room} do not grant that.");

    private PublishResult? FindReceiver(Peer sender, string to, out Peer? receiver)
    {
        receiver = FindPeer(to);
        if (receiver is not { IsListed: true }) return PeerGone();
        return sender.MayPublishBeside(receiver)
            ? null
            : PublishResult.Refused(
                RefusalCode.NotAllowed, "That peer is in no room in which this one may publish: join one of its rooms first.");
    }

    private static PublishResult PeerGone() =>
        PublishResult.Refused(RefusalCode.PeerGone, "No such peer is here, or it takes nothing now.");

    private PublishResult Drop(string refusal)
    {
        Interlocked.Increment(ref filtered);
        return PublishResult.Refused(RefusalCode.MessageRefused, refusal);
    }

    private async Task TellGoneAsync(Peer peer, CloseReason reason)
    {
        // Whoever is told runs on a thread of its own: this may be one that other peers wait for.
        await peer.Announced.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await rules.DisconnectedAsync(peer, reason);
    }

    /// <summary>Has the rule asked about every room, behind those that the hub was made with. For a door, before there are peers.</summary>
    internal void Add(IRoomRule rule) => rules.Add(rule);

    /// <summary>Whether no review has begun since the rules were asked.</summary>
    internal bool IsCurrent(in RoomGrant grant) => grant.Reviews == Reviews;

    /// <summary>What the rules answer, with the number of reviews before they were asked.</summary>
    internal async ValueTask<RoomGrant> AskAsync(Peer peer, string roomName, string? token, CancellationToken cancellationToken)
    {
        var before = Reviews;
        return new RoomGrant((await rules.GrantAsync(peer, roomName, token, cancellationToken)).Rights, before);
    }

    // Until no review has begun meanwhile. Why the rules grant no more, where they say so.
    private async ValueTask<string?> AskAsync(Visit visit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = Reviews;
            var verdict = await rules.GrantAsync(visit.Client, visit.Room, visit.Token, cancellationToken);
            visit.Grant = new RoomGrant(verdict.Rights, before);
            if (IsCurrent(visit.Grant)) return verdict.Reason;
        }
    }

    private static async ValueTask<RoomRights> RightsOfAsync(ValueTask<RoomVerdict> asking) => (await asking).Rights;

    private async ValueTask<Joined> JoinGrantedAsync(Peer peer, JoinRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = Reviews;
            var verdict = await rules.GrantAsync(peer, request.Room, request.Token, cancellationToken);
            if ((verdict.Rights & RoomRights.Read) == 0)
            {
                return peer.IsConnected
                    ? Joined.Refused(JoinResult.Refused) with { Reason = verdict.Reason }
                    : Joined.Refused(JoinResult.Gone);
            }
            var joined = Join(peer, request, new RoomGrant(verdict.Rights, before));
            if (!joined.IsOutdated) return joined;
        }
    }

    private async ValueTask ReviewAsync(Membership member, CancellationToken cancellationToken)
    {
        var (peer, room) = (member.Peer, member.Room);
        RoomGrant grant;
        do
        {
            grant = await AskAsync(peer, room.Name, member.Request.Token, cancellationToken);
            // A rule that is cancelled grants nothing, and has not said so.
            cancellationToken.ThrowIfCancellationRequested();
        }
        while (!room.TrySetRights(member, grant));
        if ((grant.Rights & RoomRights.Read) == 0)
        {
            if (peer.Leave(member)) peer.Link.Expelled(peer, room);
        }
        else if ((grant.Rights & RoomRights.Presence) == 0)
        {
            room.Members.Leave(peer);
        }
    }

    /// <summary>A join by an answer of the rules, which may be outdated by now; or without one, by the program's own word.</summary>
    internal Joined Join(Peer peer, JoinRequest request, RoomGrant? grant)
    {
        RoomName.ThrowIfInvalid(request.Room);
        if (IsStopping) return Joined.Refused(JoinResult.Gone);
        while (true)
        {
            if (TryOpen(request.Room, out var room) is var failure && room is null)
                return Joined.Refused(failure == RefusalCode.Unavailable ? JoinResult.Unavailable : JoinResult.HubFull);
            var joined = TryFindStart(room, request.Start, out var start)
                ? peer.Join(room, request, grant, Options.MaxRoomsPerPeer, start)
                : Joined.Refused(JoinResult.Unavailable);
            // It vanished at this moment: whoever emptied it is about to take it out.
            if (joined is null)
            {
                Forget(room);
                continue;
            }
            if (joined.Membership is { } membership)
            {
                if (!membership.IsLive && !membership.IsHeld) peer.CatchUp();
            }
            else
            {
                room.Sweep(Time.GetTimestamp());
            }
            return joined;
        }
    }

    /// <summary>The room of this name, which appears if it did not exist; null, when there are too many.</summary>
    internal Room? OpenRoom(string name)
    {
        while (true)
        {
            if (!rooms.TryGetValue(name, out var room))
            {
                if (!HasPlaceForRoom && !Keeper.MakeRoom()) return null;
                var created = new Room(this, name, OptionsOf(name), GroupOf?.Invoke(name));
                room = rooms.GetOrAdd(name, created);
                if (room == created) Count(room, 1);
                Keeper.Wake();
            }
            room.Open();
            if (room.IsOpen) return room;
            // Whoever was to open it could not, and has taken it out.
        }
    }

    /// <summary>The room of this name, or why there is none; logged, where what is kept of it cannot be opened.</summary>
    private RefusalCode TryOpen(string name, out Room? room)
    {
        room = null;
        try
        {
            room = OpenRoom(name);
            return room is null ? RefusalCode.TooManyRooms : RefusalCode.None;
        }
        catch (EngineException exception)
        {
            HubLog.RoomUnavailable(Logger, name, exception);
            return RefusalCode.Unavailable;
        }
    }

    private bool TryFindStart(Room room, Start start, out long? offset)
    {
        offset = null;
        try
        {
            offset = room.Reader.FindStart(start);
            return true;
        }
        catch (EngineException exception)
        {
            HubLog.RoomUnavailable(Logger, room.Name, exception);
            return false;
        }
    }

    private PublishResult Refused(RefusalCode code, string room) => PublishResult.Refused(
        code, code == RefusalCode.TooManyRooms ? TooManyRooms : $"What is kept of room {room} cannot be read now: try again later.");

    private void Count(Room room, int change)
    {
        Interlocked.Add(ref roomCount, change);
        LogBudget.AddRoom(change * Room.CostOf(room.Name));
    }

    private string TooManyRooms => $"The hub has {RoomCount} rooms, as many as it may (Log.MaxRooms, Log.MaxTotalBytes).";

    /// <summary>Does this in the room of this name, which appears if it did not exist, and waits until it is decided.</summary>
    private async ValueTask<PublishResult> InRoomAsync(
        Visit visit, RoomRights wanted, Func<Room, FlushBatch, ValueTask<PublishResult>> publish, CancellationToken cancellationToken)
    {
        if (visit.Refusal is { } refusal) return refusal;
        while (true)
        {
            // A review has begun since the rules were asked.
            if (!IsCurrent(visit.Grant)) await AskAsync(visit, cancellationToken);
            if ((visit.Rights & wanted) != wanted) return NotGranted(visit.Room);
            if (TryOpen(visit.Room, out var room) is var failure && room is null) return Refused(failure, visit.Room);
            PublishResult result;
            using (var batch = FlushBatch.Rent()) result = await publish(room, batch);
            if (result.IsOutdated) continue;
            if (result.Code == RefusalCode.RoomGone)
            {
                // It vanished at this moment: whoever emptied it is about to take it out.
                Forget(room);
                continue;
            }
            var isDuplicate = result.IsDuplicate;
            if (result.Pending is { } pending) result = await pending;
            return result with { IsDuplicate = isDuplicate, Epoch = room.Epoch };
        }
    }

    private RoomOptions OptionsOf(string room) => Options.Rooms.TryGetValue(room, out var options) ? options : LikeTheHub;

    private HubCounts Count()
    {
        var (messages, deliveries, bytes) = Counters.Sum();
        return new HubCounts(
            PeerCount,
            Volatile.Read(ref roomCount),
            messages,
            deliveries,
            bytes,
            OutboxBudget.Dropped + Interlocked.Read(ref filtered),
            Interlocked.Read(ref refused));
    }
}
