using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>An ordered stream of entries and the peers in it. Thread-safe.</summary>
/// <remarks>
/// Every peer in it gets the same messages in the same order: what was published after its join and before its leave, once each, and what
/// it asked for of before. Locks are taken in the order peer, room, outbox, and nobody is flushed, disconnected or called back under one
/// of them.
/// </remarks>
public sealed class Room
{
    /// <summary>What the hub's table of rooms takes for one.</summary>
    internal const int NodeCost = 96;

    // About what a room takes without its name, its peers and what its log keeps. LogBudgetTests measure it.
    private const int Cost = 752;

    private readonly RoomOptions options;
    private readonly RoomGroup? group;
    private readonly Lock gate;

    // Where there is an engine, until it has opened what it keeps.
    private readonly Lock? opening;
    private readonly Fanout fanout = new();
    private readonly RoomLog log;
    private readonly RoomPublisher publisher;
    private readonly RoomReader reader;
    private bool isOpen;
    private bool closed;
    private int listeners;
    private TaskCompletionSource? advanced;
    private long emptySince;
    private long eventNumber;

    internal Room(Hub hub, string name, RoomOptions options, RoomGroup? group = null)
    {
        Hub = hub;
        Name = name;
        this.options = options;
        this.group = group;
        gate = group?.Gate ?? new Lock();
        isOpen = hub.Engine is null;
        opening = isOpen ? null : new Lock();
        // A group keeps a log of its own.
        log = new RoomLog(hub.LogBudget, group is null ? Retention.Of(options.Log, hub.Options.Log) : Retention.None, hub.Time);
        if (group is not null) fanout.Keep(group.Encoder);
        emptySince = hub.Time.GetTimestamp();
        publisher = new RoomPublisher(this, options.SlowPeers ?? hub.Options.Outbox.SlowPeers);
        reader = new RoomReader(this);
        State = new RoomState(this);
        Members = new RoomMembers(this);
    }

    /// <summary>The hub that it belongs to.</summary>
    public Hub Hub { get; }

    /// <summary>Its name, 1 to 128 characters.</summary>
    public string Name { get; }

    /// <summary>Names this life of the room's log: offsets of different epochs do not compare.</summary>
    public string Epoch => log.Epoch;

    /// <summary>Whether a sender gets its own messages too.</summary>
    public bool Echo => options.Echo ?? Hub.Options.Echo;

    /// <summary>The head: the last entry that was handed out; 0 before the first.</summary>
    public long Offset
    {
        get
        {
            lock (gate) return log.Last;
        }
    }

    /// <summary>The last value of each key.</summary>
    public RoomState State { get; }

    /// <summary>Who is present, with data of their own.</summary>
    public RoomMembers Members { get; }

    /// <summary>How many peers are in it.</summary>
    public int PeerCount => fanout.Count;

    /// <summary>The peers in it at this moment.</summary>
    public IReadOnlyList<Peer> Peers
    {
        get
        {
            lock (gate) return fanout.Peers;
        }
    }

    /// <summary>The rooms that it shares its lock with, or null.</summary>
    internal RoomGroup? Group => group;

    /// <summary>Which of the rooms that vanished this was, counted from the hub's start; 0 while the hub knows it.</summary>
    internal long Vanished { get; set; }

    internal Lock Gate => gate;

    internal Fanout Fanout => fanout;

    internal RoomLog Log => log;

    /// <summary>What an engine keeps of it; null, where nothing outlives the process. Set before there are peers.</summary>
    internal IRoomStore? Store { get; private set; }

    internal RoomPublisher Publisher => publisher;

    internal RoomReader Reader => reader;

    internal bool IsClosed_NeedsLock => closed;

    /// <summary>About what a room of this name takes in memory beside its peers and what its log keeps.</summary>
    internal static int CostOf(string name) => Cost + Weight.Of(name);

    /// <summary>Whether it has begun: until then its epoch is not known, and nothing may be published.</summary>
    internal bool IsOpen => Volatile.Read(ref isOpen);

    /// <summary>Something happened while nobody is in it.</summary>
    internal void Touch_NeedsLock() => emptySince = Hub.Time.GetTimestamp();

    /// <summary>What its log takes in memory, about.</summary>
    internal long LogCapacity => log.Capacity;

    /// <summary>
    /// Sends a message of the hub's own to all in the room but some. It has its place in the room's order and passes no filter. In a room
    /// that has vanished it goes nowhere and gets no offset, even if another of that name has appeared since.
    /// </summary>
    public PublishResult Send(
        Payload payload, string eventName = Message.DefaultEvent, IReadOnlyCollection<Peer>? except = null, bool isTransient = false)
    {
        // The caller's collection is not asked under the lock.
        HashSet<Peer>? excepted = except is null ? null : [.. except];
        using var batch = FlushBatch.Rent();
        return publisher.Publish(
            new Message(null, this, eventName, payload, Hub.Time.GetUtcNow()) { IsTransient = isTransient }, batch, excepted);
    }

    /// <summary>
    /// What is kept behind an offset of its epoch, in order: messages, and the last change of each key; but what has an audience is left
    /// out. A gap also where removals of keys behind the offset are forgotten: whoever keeps members or state reads them anew.
    /// </summary>
    /// <param name="after">The offset; 0 for the beginning.</param>
    /// <param name="most">Of so many entries is the page at most, from 1 to 1,000; those that are left out count.</param>
    /// <param name="mostBytes">And of so many bytes (<see cref="Entry.Size"/>), unless its first has more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EngineException">What is kept cannot be read now.</exception>
    public ValueTask<EntryPage> ReadAsync(
        long after, int most = 100, long mostBytes = long.MaxValue, CancellationToken cancellationToken = default) =>
        reader.ReadAfterAsync(after, most, mostBytes, withKeys: true, cancellationToken);

    /// <inheritdoc cref="ReadAsync"/>
    /// <summary>The messages behind an offset of its epoch, in order; those with an audience are left out.</summary>
    public ValueTask<EntryPage> ReadMessagesAsync(
        long after, int most = 100, long mostBytes = long.MaxValue, CancellationToken cancellationToken = default) =>
        reader.ReadAfterAsync(after, most, mostBytes, withKeys: false, cancellationToken);

    /// <summary>The newest messages before an offset of its epoch, in order; those with an audience are left out.</summary>
    /// <param name="before">The offset; default for the newest.</param>
    /// <param name="most">Of so many entries is the page at most, from 1 to 1,000; those that are left out count.</param>
    /// <param name="mostBytes">And of so many bytes (<see cref="Entry.Size"/>), unless its last has more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EngineException">What is kept cannot be read now.</exception>
    public ValueTask<EntryPage> ReadBeforeAsync(
        long before = long.MaxValue, int most = 100, long mostBytes = long.MaxValue, CancellationToken cancellationToken = default) =>
        reader.ReadBeforeAsync(before, most, mostBytes, cancellationToken);

    /// <summary>
    /// What is kept from a start on, and then what happens, as it happens, until the token is cancelled: pages of entries in order,
    /// messages and changes of presence and state, but none that are transient or have an audience. It begins with the first read. No queue
    /// lies between: who reads slowly reads later what is kept, and is told by <see cref="EntryPage.IsGap"/> where entries before the page
    /// are gone. The room stays while it is listened to; of one that has vanished there is nothing.
    /// </summary>
    /// <param name="start">With what it begins. Default live.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<EntryPage> ListenAsync(
        Start start = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (!TryHold()) yield break;
        try
        {
            await foreach (var page in reader.ListenAsync(start, cancellationToken)) yield return page;
        }
        finally
        {
            LetGo();
        }
    }

    /// <summary>Keeps the room from ending until <see cref="LetGo"/>; false, when it has vanished.</summary>
    private bool TryHold()
    {
        lock (gate)
        {
            if (!closed) listeners++;
            return !closed;
        }
    }

    private void LetGo()
    {
        lock (gate)
        {
            listeners--;
            emptySince = Hub.Time.GetTimestamp();
        }
    }

    /// <summary>Ends when there is an entry behind this offset.</summary>
    internal Task WhenBeyondAsync(long offset)
    {
        lock (gate)
        {
            if (log.Last > offset) return Task.CompletedTask;
            advanced ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return advanced.Task;
        }
    }

    /// <summary>There is another entry: who waits for it learns so on another thread.</summary>
    internal void Advanced_NeedsLock()
    {
        if (advanced is null) return;
        advanced.SetResult();
        advanced = null;
    }

    /// <summary>Opens what an engine keeps of it, once. Not called under a lock. Until then it cannot be over; where it cannot be opened,
    /// it is.</summary>
    /// <exception cref="EngineException">It cannot be opened now.</exception>
    internal void Open()
    {
        if (Volatile.Read(ref isOpen)) return;
        lock (opening!)
        {
            if (isOpen || closed) return;
            if (Hub.Engine is { } engine && group is null && options.Log?.IsDurable != false) Open(engine);
            Volatile.Write(ref isOpen, true);
        }
    }

    /// <summary>
    /// Asks the rules again for everyone inside: who may not read any more leaves, the others have the rights that they answer now. When it
    /// ends, nobody is here by an older answer. Of rooms of this name that appear meanwhile it holds too.
    /// </summary>
    /// <remarks>Cancelled, it leaves those as they are who have not been asked yet.</remarks>
    public Task ReviewAsync(CancellationToken cancellationToken = default) => Hub.ReviewAsync(Name, cancellationToken);

    /// <summary>
    /// Takes a member in as it is; null when the room has vanished, <see cref="Joined.Outdated"/> when its rights must be asked for again.
    /// </summary>
    internal Joined? TryAdd(Membership membership)
    {
        lock (gate)
        {
            if (closed) return null;
            if (membership.Grant is { } grant && !Hub.Grants.IsCurrent(grant)) return Joined.Outdated;
            fanout.Add(membership);
            group?.Joined_NeedsLock(this, membership.Peer);
            var joined = reader.Place_NeedsLock(membership);
            Tell_NeedsLock(HubEventKind.Join, membership.Peer);
            return joined;
        }
    }

    /// <summary>Takes the peer out. What is to happen when no lock is held any more, its <see cref="RoomMembers.Left"/> does.</summary>
    internal void Remove(Membership membership, CloseReason? reason)
    {
        lock (gate)
        {
            membership.IsGone = true;
            fanout.Remove(membership);
            group?.Left_NeedsLock(this, membership.Peer, isGoing: reason is not null);
            Tell_NeedsLock(HubEventKind.Leave, membership.Peer, reason);
            if (fanout.Count > 0) return;
            emptySince = Hub.Time.GetTimestamp();
            if (!IsOver_NeedsLock(emptySince)) return;
            Close_NeedsLock();
        }
        Hub.RoomRegistry.Forget(this);
    }

    /// <summary>Lets go what is too old. True, when the room is over.</summary>
    internal bool Sweep(long now)
    {
        var isOver = true;
        lock (gate)
        {
            if (closed) return false;
            log.Trim(now);
            reader.Forget_NeedsLock();
            if (!IsOver_NeedsLock(now)) isOver = false;
            else Close_NeedsLock();
        }
        if (isOver) Hub.RoomRegistry.Forget(this);
        else Members.Expire(now);
        return isOver;
    }

    /// <summary>Ends the room, if it is empty and nothing but its past keeps it; to make room for another.</summary>
    internal bool TryEnd()
    {
        lock (gate)
        {
            if (closed || !MayEnd_NeedsLock) return false;
            Close_NeedsLock();
        }
        Hub.RoomRegistry.Forget(this);
        return true;
    }

    /// <summary>Since when nothing but its past keeps it, by the monotonic clock; null, where something else does.</summary>
    internal long? EmptySince
    {
        get
        {
            lock (gate) return MayEnd_NeedsLock ? emptySince : null;
        }
    }

    /// <summary>Lets the older half of what it keeps go, unless it has ended and given all.</summary>
    internal void Halve()
    {
        lock (gate)
        {
            if (!closed) log.Halve();
        }
    }

    /// <summary>Those in it by an answer of the rules.</summary>
    internal List<Membership> Granted()
    {
        lock (gate) return [.. fanout.Members.ToArray().Where(static member => member.Grant is not null)];
    }

    /// <summary>Gives a member other rights; false, when their answer is outdated.</summary>
    internal bool TrySetRights(Membership member, in RoomGrant grant)
    {
        lock (gate)
        {
            if (!Hub.Grants.IsCurrent(grant)) return false;
            member.Rights = grant.Rights;
            return true;
        }
    }

    /// <summary>The room as it is between two of its events; null, when it has vanished.</summary>
    internal RoomSnapshot? Snapshot()
    {
        lock (gate) return closed ? null : new RoomSnapshot(this, log.Last, eventNumber, fanout.Peers);
    }

    /// <summary>The peers in it, without a copy; for whoever holds the lock of its group.</summary>
    internal void CollectPeers_NeedsLock(HashSet<Peer> peers)
    {
        foreach (var member in fanout.Members) peers.Add(member.Peer);
    }

    private void Open(IEngine engine)
    {
        try
        {
            var store = engine.Open(Name, log.Retention, publisher, out var kept);
            lock (gate)
            {
                log.Continue(kept, this);
                Store = store;
            }
        }
        catch
        {
            // Nobody is in it, and its name is free for another try.
            lock (gate) closed = true;
            Hub.RoomRegistry.Forget(this);
            throw;
        }
        Members.RemoveLeftOver();
    }

    private bool IsOver_NeedsLock(long now)
    {
        if (!MayEnd_NeedsLock) return false;
        return log.Last == 0 || Hub.Time.GetElapsedTime(emptySince, now) >= log.Retention.KeepEmpty;
    }

    private bool MayEnd_NeedsLock => isOpen && fanout.Count == 0 && listeners == 0 && publisher.Pending_NeedsLock == 0
        && !options.KeepWhenEmpty && !log.HasState;

    private void Close_NeedsLock()
    {
        closed = true;
        reader.Forget_NeedsLock();
        log.Close();
        Store?.Close();
    }

    internal void TellMessage_NeedsLock(in Message message, Payload? kept)
    {
        eventNumber++;
        if (Hub.Watchers.Count == 0) return;
        // Who has begun to watch since may want more than was kept.
        var wanted = Hub.Watchers.MaxPayload;
        var length = message.Payload.Length;
        if (kept is not { } owned || (owned.Length < length && owned.Length < wanted)) owned = message.Payload.ToOwnedUpTo(wanted);
        Hub.Watchers.Tell(
            new HubEvent(HubEventKind.Message, this, eventNumber, message.Sender, null, message.With(owned), message.Time, length));
    }

    private void Tell_NeedsLock(HubEventKind kind, Peer peer, CloseReason? reason = null)
    {
        eventNumber++;
        if (Hub.Watchers.Count == 0) return;
        Hub.Watchers.Tell(new HubEvent(kind, this, eventNumber, peer, reason, default, Hub.Time.GetUtcNow()));
    }
}
