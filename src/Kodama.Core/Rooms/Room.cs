using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>An ordered stream of entries and the peers in it. Thread-safe.</summary>
/// <remarks>
/// Every peer in it gets the same messages in the same order: what was published after its join and before its leave, once each, and what
/// it asked for of before. Locks are taken in the order peer, room, outbox, and nobody is flushed, disconnected or called back under one
/// of them.
/// </remarks>
public sealed class Room : IKeptLog
{
    /// <summary>What the hub's table of rooms takes for one.</summary>
    internal const int NodeCost = 96;

    // About what a room takes without its name, its peers and what its log keeps. LogBudgetTests measure it.
    private const int Cost = 752;

    private long eventNumber;

    internal Room(Hub hub, string name, RoomOptions options, IMessageEncoder? format = null)
    {
        Hub = hub;
        Name = name;
        Options = options;
        Log = new RoomLog(hub.LogBudget, Retention.Of(options.Log, hub.Options.Log), hub.Time);
        if (format is not null) Fanout.Keep(format);
        Life = new RoomLife(this);
        Publisher = new RoomPublisher(this, options.SlowPeers ?? hub.Options.Outbox.SlowPeers);
        State = new RoomState(this);
        Members = new RoomMembers(this);
    }

    /// <summary>The hub that it belongs to.</summary>
    public Hub Hub { get; }

    /// <summary>Its name, 1 to 255 characters.</summary>
    public string Name { get; }

    /// <summary>Names this life of the room's log: offsets of different epochs do not compare.</summary>
    public string Epoch => Log.Epoch;

    /// <summary>Whether a sender gets its own messages too.</summary>
    public bool Echo => Options.Echo ?? Hub.Options.Echo;

    /// <summary>The head: the last entry that was handed out; 0 before the first.</summary>
    public long Offset
    {
        get
        {
            lock (Gate) return Log.Last;
        }
    }

    /// <summary>The last value of each key.</summary>
    public RoomState State { get; }

    /// <summary>Who is present, with data of their own.</summary>
    public RoomMembers Members { get; }

    /// <summary>How many peers are in it.</summary>
    public int PeerCount => Fanout.Count;

    /// <summary>The peers in it at this moment.</summary>
    public IReadOnlyList<Peer> Peers
    {
        get
        {
            lock (Gate) return Fanout.Peers;
        }
    }

    internal RoomOptions Options { get; }

    internal Lock Gate { get; } = new();

    internal Fanout Fanout { get; } = new();

    internal RoomLog Log { get; }

    internal RoomLife Life { get; }

    internal RoomPublisher Publisher { get; }

    /// <summary>The way through an engine; null, where nothing outlives the process. Set before there are peers.</summary>
    internal RoomAppender? Appender { get; set; }

    /// <summary>What an engine keeps of it, or null.</summary>
    internal IRoomStore? Store => Appender?.Store;

    /// <summary>Whether that decides itself what other hubs may have changed.</summary>
    internal bool Decides => Store is { Decides: true };

    internal RoomHistory History => new(this);

    internal RoomReader Reader => new(this);

    /// <summary>The pages that are kept encoded, where there are some. Guarded by its lock.</summary>
    internal PageCache? Pages { get; set; }

    /// <summary>Which of the rooms that vanished this was, counted from the hub's start; 0 while the hub knows it.</summary>
    internal long Vanished { get; set; }

    /// <summary>Whether it has begun.</summary>
    internal bool IsOpen => Life.IsOpen;

    /// <summary>About what a room of this name takes in memory beside its peers and what its log keeps.</summary>
    internal static int CostOf(string name) => Cost + Weight.Of(name);

    /// <summary>
    /// Says something of the hub's own to all in the room but some: never waits for a peer, and each of them gets it in the same order. It
    /// has its place in the room and passes no filter. In a room that has vanished it goes nowhere and gets no offset, even if another of
    /// that name has appeared since.
    /// </summary>
    /// <param name="payload">Text or bytes, which convert.</param>
    /// <param name="except">Who does not get it.</param>
    /// <param name="isTransient">Whether it is for those who are there now, and takes no place.</param>
    public PublishResult Send(Payload payload, IReadOnlyCollection<Peer>? except = null, bool isTransient = false) =>
        Send(Message.DefaultEvent, payload, except, isTransient);

    /// <inheritdoc cref="Send(Payload, IReadOnlyCollection{Peer}?, bool)"/>
    /// <param name="eventName">The event's name.</param>
    /// <param name="payload">Text, bytes, or <see cref="Payload.Arguments"/>.</param>
    /// <param name="except">Who does not get it.</param>
    /// <param name="isTransient">Whether it is for those who are there now, and takes no place.</param>
    /// <param name="note">For doors: what is kept with it for their own clients.</param>
    public PublishResult Send(
        string eventName, Payload payload, IReadOnlyCollection<Peer>? except = null, bool isTransient = false, Note? note = null)
    {
        // The caller's collection is not asked under the lock.
        HashSet<Peer>? excepted = except is null ? null : [.. except];
        using var batch = FlushBatch.Rent();
        return Publisher.Publish(
            new Message(null, this, eventName, payload, Hub.Time.GetUtcNow()) { IsTransient = isTransient, Note = note }, batch, excepted);
    }

    /// <summary>
    /// Where several hubs have the room: waits until this one is as far as any was for who begins there, who may have been told more by
    /// another. False, where that cannot be known now, and it is ahead of this hub.
    /// </summary>
    public async ValueTask<bool> CatchUpAsync(Start start, CancellationToken cancellationToken)
    {
        if (Store is not { } store || !History.MayBeBehind(start) || !Life.TryHold()) return true;
        try
        {
            return await store.CatchUpAsync(cancellationToken) || start.IsLive || !History.MayBeBehind(start);
        }
        finally
        {
            Life.LetGo();
        }
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
        Reader.ReadAfterAsync(after, most, mostBytes, withKeys: true, withAsides: false, cancellationToken);

    /// <inheritdoc cref="ReadAsync"/>
    /// <summary>The messages behind an offset of its epoch, in order; those with an audience are left out.</summary>
    public ValueTask<EntryPage> ReadMessagesAsync(
        long after, int most = 100, long mostBytes = long.MaxValue, CancellationToken cancellationToken = default) =>
        Reader.ReadAfterAsync(after, most, mostBytes, withKeys: false, withAsides: false, cancellationToken);

    /// <summary>For doors that read notes: the same, and asides.</summary>
    /// <inheritdoc cref="ReadMessagesAsync"/>
    public ValueTask<EntryPage> ReadNotedAsync(long after, int most, long mostBytes, CancellationToken cancellationToken = default) =>
        Reader.ReadAfterAsync(after, most, mostBytes, withKeys: false, withAsides: true, cancellationToken);

    /// <summary>The newest messages before an offset of its epoch, in order; those with an audience are left out.</summary>
    /// <param name="before">The offset; default for the newest.</param>
    /// <param name="most">Of so many entries is the page at most, from 1 to 1,000; those that are left out count.</param>
    /// <param name="mostBytes">And of so many bytes (<see cref="Entry.Size"/>), unless its last has more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EngineException">What is kept cannot be read now.</exception>
    public ValueTask<EntryPage> ReadBeforeAsync(
        long before = long.MaxValue, int most = 100, long mostBytes = long.MaxValue, CancellationToken cancellationToken = default) =>
        Reader.ReadBeforeAsync(before, most, mostBytes, withAsides: false, cancellationToken);

    /// <summary>For doors that read notes: the same, and asides.</summary>
    /// <inheritdoc cref="ReadBeforeAsync"/>
    public ValueTask<EntryPage> ReadNotedBeforeAsync(
        long before, int most, long mostBytes, CancellationToken cancellationToken = default) =>
        Reader.ReadBeforeAsync(before, most, mostBytes, withAsides: true, cancellationToken);

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
        if (!Life.TryHold()) yield break;
        try
        {
            await foreach (var page in Reader.ListenAsync(start, cancellationToken)) yield return page;
        }
        finally
        {
            Life.LetGo();
        }
    }

    /// <summary>
    /// Asks the rules again for everyone inside: who may not read any more leaves, the others have the rights that they answer now. When it
    /// ends, nobody is here by an older answer. Of rooms of this name that appear meanwhile it holds too.
    /// </summary>
    /// <remarks>Cancelled, it leaves those as they are who have not been asked yet.</remarks>
    public Task ReviewAsync(CancellationToken cancellationToken = default) => Hub.ReviewAsync(Name, cancellationToken);

    /// <summary>
    /// Takes a member in as it is; null when the room has vanished, <see cref="Joined.Outdated"/> when the rules must be asked again.
    /// </summary>
    internal Joined? TryAdd(Membership membership, JoinRequest request, long? start, in RoomGrant? grant)
    {
        lock (Gate)
        {
            if (Life.IsOver_NeedsLock) return null;
            if (grant is { } answer && !Hub.Grants.IsCurrent(answer)) return Joined.Outdated;
            Fanout.Add(membership);
            (membership.Peer.Encoder as IStreamFormat)?.Joined_NeedsLock(this, membership.Peer);
            var joined = new MemberFeed(membership).Begin_NeedsLock(request, start);
            Hub.Watchers.TellMember(HubEventKind.Join, this, ++eventNumber, membership.Peer, null);
            return joined;
        }
    }

    /// <summary>Takes the peer out. What is to happen when no lock is held any more, its <see cref="RoomMembers.Left"/> does.</summary>
    internal void Remove(Membership membership, CloseReason? reason)
    {
        lock (Gate)
        {
            membership.Leave();
            Fanout.Remove(membership);
            if (reason is null) (membership.Peer.Encoder as IStreamFormat)?.Left_NeedsLock(this, membership.Peer);
            Hub.Watchers.TellMember(HubEventKind.Leave, this, ++eventNumber, membership.Peer, reason);
            if (reason is { MayComeBack: true } && membership.Peer is { HasSession: true,
                Encoder.CarriesPosition: true }) Life.Await_NeedsLock();
            if (Fanout.Count > 0 || !Life.TryEndEmptied_NeedsLock()) return;
        }
        Hub.RoomRegistry.Forget(this);
    }

    internal void TellMessage_NeedsLock(in Message message, Payload? kept)
    {
        if (message.Note is not { IsAside: true }) Hub.Watchers.TellMessage(this, ++eventNumber, message, kept);
    }

    long IKeptLog.Capacity => Log.Capacity;

    void IKeptLog.Halve() => Halve();

    /// <summary>Lets the older half of what it keeps go, unless it has ended and given all.</summary>
    internal void Halve()
    {
        lock (Gate)
        {
            if (!Life.IsOver_NeedsLock) Log.Halve();
        }
    }

    /// <summary>Lets the encoded pages go.</summary>
    internal void ForgetPages_NeedsLock()
    {
        Pages?.Clear();
        Pages = null;
    }

    /// <summary>Those in it by an answer of the rules.</summary>
    internal List<Membership> Granted()
    {
        lock (Gate) return [.. Fanout.Members.ToArray().Where(static member => member.IsGranted)];
    }

    /// <summary>Gives a member other rights; false, when their answer is outdated.</summary>
    internal bool TrySetRights(Membership member, in RoomGrant grant)
    {
        lock (Gate)
        {
            if (!Hub.Grants.IsCurrent(grant)) return false;
            member.Rights = grant.Rights;
            return true;
        }
    }

    /// <summary>The room as it is between two of its events; null, when it has vanished.</summary>
    internal RoomSnapshot? Snapshot()
    {
        lock (Gate) return Life.IsOver_NeedsLock ? null : new RoomSnapshot(this, Log.Last, eventNumber, Fanout.Peers);
    }

    /// <summary>Writes what is said here in this format too from now on, whoever is here.</summary>
    internal void Keep(IMessageEncoder format)
    {
        lock (Gate) Fanout.Keep(format);
    }
}
