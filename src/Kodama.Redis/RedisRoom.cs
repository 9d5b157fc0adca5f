using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// A room that is in memory. What is appended waits for the engine's sender; what Redis answers and tells goes through an inbox, which one
/// thread at a time empties.
/// </summary>
internal sealed class RedisRoom : IRoomStore, IThreadPoolWorkItem
{
    private const string Lost = "Redis has lost what it had kept last: send it again, or under a new id if it may come twice.";

    private readonly RedisEngine engine;
    private readonly Lock gate = new();
    private readonly RoomInbox inbox = new();
    private readonly RoomLine line;
    private readonly RoomHearing hearing;
    private readonly RoomReader reader;
    private bool isRunning;
    private bool isOpen;
    private bool isQueued;
    private bool isClosed;
    private bool isSyncing;
    private bool isStopped;
    private bool needsTicks;
    private (long Next, long Taken, bool IsOther)? closing;
    private long trimmed;

    public RedisRoom(RedisEngine engine, string name, Retention retention, IRoomFeed feed)
    {
        this.engine = engine;
        (Name, Retention, Feed) = (name, retention, feed);
        var room = RedisNames.OfRoom(name);
        Bytes = room;
        Meta = engine.Names.Meta(room);
        Keys = [Meta, engine.Names.Messages(room)];
        line = new RoomLine(engine);
        hearing = new RoomHearing(this, engine);
        reader = new RoomReader(this, engine);
    }

    public string Name { get; }

    public Retention Retention { get; }

    public IRoomFeed Feed { get; }

    /// <summary>The name as keys have it.</summary>
    public byte[] Bytes { get; }

    /// <summary>The key of what is counted.</summary>
    public byte[] Meta { get; }

    /// <summary>What every script of the room is given.</summary>
    public RedisKey[] Keys { get; }

    /// <summary>The epoch in which it sends and hears. Written by who empties the inbox.</summary>
    public string Epoch { get; set; } = "";

    /// <summary>The epoch of the room in memory: the same, or the one before it for a moment.</summary>
    public string EpochInMemory { get; private set; } = "";

    /// <summary>Earlier epochs, with what they have in common with this one. Written by who empties the inbox.</summary>
    public IReadOnlyList<Position> Past { get; set; } = [];

    /// <summary>The last entry that was handed out. Written by who empties the inbox.</summary>
    public long Head { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    public bool Decides => true;

    /// <summary>Behind what it appends.</summary>
    public Position After => new(Epoch, Head);

    public long Trimmed { get => Volatile.Read(ref trimmed); set => Volatile.Write(ref trimmed, value); }

    /// <summary>Whether something waits, or is missing: then it is told of each tick.</summary>
    public bool NeedsTicks { get => Volatile.Read(ref needsTicks); private set => Volatile.Write(ref needsTicks, value); }

    /// <summary>Opens what Redis has of it. Not under a lock.</summary>
    /// <exception cref="EngineException">It cannot now.</exception>
    public KeptRoom Open()
    {
        var sync = engine.Open(this);
        var kept = Kept(sync);
        lock (gate)
        {
            (Epoch, Past, Head, Trimmed) = (sync.Epoch, sync.Past, sync.Last, sync.Trimmed);
            EpochInMemory = Epoch;
            line.Begin();
        }
        return kept;
    }

    public void Begin()
    {
        lock (gate)
        {
            isOpen = true;
            if (!inbox.IsEmpty) Run_NeedsLock();
        }
    }

    /// <summary>Where a position is in the epoch of now; -1 for nowhere.</summary>
    public long Find(Position position)
    {
        if (position.Epoch == Epoch) return position.Offset;
        foreach (var (epoch, upTo) in Past)
        {
            if (epoch == position.Epoch) return position.Offset <= upTo ? position.Offset : -1;
        }
        return -1;
    }

    public void Append(Entry entry)
    {
        lock (gate)
        {
            line.Add(entry);
            if (isStopped) ThreadPool.UnsafeQueueUserWorkItem(static room => room.Stop(), this, preferLocal: false);
            else if (line.MaySend) Queue_NeedsLock();
            else Need();
        }
    }

    public ValueTask<IReadOnlyList<Entry>> ReadAfterAsync(
        long after, int most, long mostBytes, CancellationToken cancellationToken = default) =>
        reader.AfterAsync(after, most, mostBytes, cancellationToken);

    public ValueTask<IReadOnlyList<Entry>> ReadBeforeAsync(
        long before, int most, long mostBytes, CancellationToken cancellationToken = default) =>
        reader.BeforeAsync(before, most, mostBytes, cancellationToken);

    public long FindStart(long upTo, int messages) => reader.FindStart("last", upTo, messages);

    public long FindStart(long upTo, DateTimeOffset since) => reader.FindStart("since", upTo, since.ToUnixTimeMilliseconds());

    public ValueTask<PublishResult?> FindAsync(PublishId id, string scope, UInt128 digest) => reader.FindIdAsync(id, scope, digest);

    public void Close()
    {
        lock (gate) isClosed = true;
        engine.Close(this);
    }

    /// <summary>For the sender: what it is to send now, with numbers.</summary>
    public void TakeToSend(List<OwnEntry> into, out long current)
    {
        lock (gate)
        {
            isQueued = false;
            current = line.Current;
            line.TakeToSend(into, After);
        }
    }

    /// <summary>For the sender: nothing can be sent now.</summary>
    public void NotSent()
    {
        lock (gate) isQueued = false;
        Need();
    }

    /// <summary>Nothing comes any more: what is not decided is given up.</summary>
    public void Stop()
    {
        lock (gate)
        {
            isStopped = true;
            isOpen = true;
        }
        Settle(WithLine(static line => line.TakeAll()));
    }

    /// <summary>Tells the room something; it will be heeded on another thread.</summary>
    public void Post(object happened)
    {
        lock (gate)
        {
            inbox.Add(happened);
            Run_NeedsLock();
        }
    }

    /// <summary>Is told of each tick from now on, until nothing is missing.</summary>
    public void Need()
    {
        NeedsTicks = true;
        engine.Need(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        using var batch = FlushBatch.Rent();
        while (true)
        {
            List<object> events;
            lock (gate)
            {
                if (inbox.IsEmpty || isClosed)
                {
                    isRunning = false;
                    return;
                }
                events = inbox.Take();
            }
            foreach (var happened in events) Try(() => Heed(happened, batch));
            Try(() =>
            {
                hearing.HandOut(batch);
                batch.Flush();
            });
            lock (gate) inbox.Return(events);
        }
    }

    // One thing that fails is not the others' fault.
    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            RedisLog.DeliveryFailed(engine.Logger, Name, exception);
        }
    }

    /// <summary>Does this with the line, which the sender and who appends look at too.</summary>
    public T WithLine<T>(Func<RoomLine, T> action)
    {
        lock (gate) return action(line);
    }

    /// <summary>What lies in Redis as a room begins with it.</summary>
    public KeptRoom Kept(RoomSync sync)
    {
        var (messages, keys) = (new List<Entry>(), new List<Entry>());
        foreach (var heard in sync.Entries)
        {
            if (hearing.Read(heard) is not { } entry) continue;
            entry.Place(heard.Offset, DateTimeOffset.FromUnixTimeMilliseconds(heard.Time));
            (entry.Kind == EntryKind.Message ? messages : keys).Add(entry);
        }
        var first = messages.Count > 0 ? messages[0].Offset - 1 : sync.Messages > 0 ? sync.Last : sync.Trimmed;
        return new KeptRoom(
            sync.Epoch, sync.Last, DateTimeOffset.FromUnixTimeMilliseconds(sync.Time),
            messages.Count < sync.Messages ? first : sync.Trimmed, messages, keys, sync.Forgotten, [], 0, sync.Past);
    }

    /// <summary>The hub's channel has told something of the room.</summary>
    public void Hear(byte[] telling)
    {
        lock (gate)
        {
            if (isClosed || !inbox.TryAdd(telling)) return;
            if (isOpen) Run_NeedsLock();
        }
    }

    private void Heed(object happened, FlushBatch batch)
    {
        switch (happened)
        {
            case byte[] telling:
                if (Telling.Read(telling.AsMemory(Ears.Head + Bytes.Length)) is not { } told) break;
                if (told.Epoch != Epoch) StartSync();
                else hearing.Hear(told);
                break;
            case Answered answered:
                hearing.HandOut(batch);
                Answer(answered);
                break;
            case Synced synced:
                hearing.HandOut(batch);
                Take(synced, batch);
                break;
            case Looked looked:
                Look(looked.Meta);
                break;
            case Ticked:
                Tick(batch);
                break;
        }
    }

    private void Answer(Answered answered)
    {
        var own = answered.Own;
        if (answered.Failure is { } failure)
        {
            engine.Failed(failure);
            WithLine(line => line.Break(own, failure));
        }
        else if (answered.Reply.Answer(own.Entry, Name, Epoch) is { } answer)
        {
            if (WithLine(line => line.Finish(own))) Feed.Answer(own.Entry, answer);
        }
        else if (answered.Reply.Code == ReplyCode.Taken)
        {
            WithLine(line => line.Taken(own, answered.Reply.First));
            if (own.After.Epoch != Epoch)
            {
                TellLeftBehind();
            }
            else if (!own.IsHeard)
            {
                hearing.Expect(own.Offset);
                if (own.Entry.IsTransient) Need();
            }
        }
        else
        {
            if (answered.Reply.Code == ReplyCode.NoLease) engine.RenewSoon();
            WithLine(line => line.Break(own, null));
        }
        if (WithLine(static line => line.IsBroken)) StartSync();
    }

    /// <summary>Asks Redis how it stands, unless that is under way; closes the line, if it is broken and all of it was answered.</summary>
    private void StartSync()
    {
        Need();
        if (isSyncing || isClosed || engine.Link.Scripts is null) return;
        var (isBroken, isAnswered) = WithLine(static line => (line.IsBroken, line.IsAnswered));
        if (isBroken && !isAnswered) return;
        var next = isBroken && closing is null ? engine.NextLine() : 0;
        isSyncing = true;
        hearing.Reads();
        _ = SyncAsync(next);
    }

    private async Task SyncAsync(long next)
    {
        try
        {
            Post(new Synced(await engine.SyncAsync(this, next), next, null));
        }
        catch (Exception exception)
        {
            Post(new Synced(null, next, exception));
        }
    }

    private void Take(Synced synced, FlushBatch batch)
    {
        isSyncing = false;
        if (synced.Failure is { } failure)
        {
            engine.Failed(failure);
            return;
        }
        var sync = synced.Sync!;
        if (sync.Code == ReplyCode.OtherGeneration) engine.Link.Lose($"Redis at {engine.Link.Address} has begun anew.");
        if (sync.Code == ReplyCode.CannotClose)
        {
            // It is full. Where each entry was answered nothing can come late, and nothing need be closed.
            if (synced.Line > 0) Settle(WithLine(line => line.TryBegin(synced.Line)));
            return;
        }
        if (sync.Code != ReplyCode.Taken) return;
        if (synced.Line > 0) closing = (synced.Line, WithLine(line => line.TakenOf(sync.Closed)), false);
        if (closing is { } before) closing = before with { IsOther = before.IsOther || sync.Epoch != Epoch };
        if (sync.IsWhole) Renew(sync);
        else hearing.Take(sync, batch);
        TellMissed();
        if (sync.HasMore)
        {
            StartSync();
        }
        else if (closing is { } closed)
        {
            closing = null;
            Settle(WithLine(line => line.Begin(closed.Next, closed.Taken, closed.IsOther)));
        }
    }

    private void Renew(RoomSync sync)
    {
        if (sync.Epoch != Epoch) RedisLog.EpochEnded(engine.Logger, Name);
        hearing.Begin(sync);
        Feed.Renew(Kept(sync));
        EpochInMemory = Epoch;
        foreach (var heard in sync.Entries)
        {
            if (WithLine(line => line.Hear(heard.Source)) is { IsTold: false } own)
                Feed.Answer(own.Entry, new PublishResult(heard.Offset, 0));
        }
        TellLeftBehind();
    }

    // What has its place in an epoch that is over: kept, if this one has as much of it.
    private void TellLeftBehind()
    {
        List<Entry> lost = [];
        foreach (var own in WithLine(line => line.TakeLeftBehind(Epoch)))
        {
            if (own.Entry.IsTransient) Feed.Answer(own.Entry, default);
            else if (Find(new Position(own.After.Epoch, own.Offset)) is var at and >= 0) Feed.Answer(own.Entry, new PublishResult(at, 0));
            else lost.Add(own.Entry);
        }
        if (lost.Count > 0) Feed.Fail(CollectionsMarshal.AsSpan(lost), RefusalCode.OutcomeUnknown, Lost);
    }

    private void TellMissed()
    {
        foreach (var (own, offset) in WithLine(line => line.Missed(Head))) Feed.Answer(own.Entry, new PublishResult(offset, 0));
    }

    private void Look(RoomMeta? meta)
    {
        if (meta is not { } known || known.Epoch != Epoch || known.Generation != engine.Link.Scripts?.Generation)
        {
            StartSync();
            return;
        }
        Trimmed = Math.Max(Trimmed, known.Trimmed);
        if (known.Last > Head) hearing.Expect(known.Last);
        var now = engine.RedisTime;
        var age = Retention.Age.TotalMilliseconds;
        // It is used, or has something that is too old: the script sees to both.
        if (known.ExpiresAt - now < age || (known.Messages > 0 && now - known.LookedAt > (age / 8) + 1000)) StartSync();
    }

    private void Tick(FlushBatch batch)
    {
        hearing.HandOut(batch);
        if (hearing.IsMissing || WithLine(static line => line.IsBroken)) StartSync();
        TellMissed();
        Settle(WithLine(line => line.TakeOverdue(engine.Patience, engine.Link.DownFor)));
        lock (gate) NeedsTicks = hearing.IsExpecting || !line.MaySend || line.HasWaiting || line.HasUnheard;
    }

    /// <summary>Tells those whose entries are given up, and those who come meanwhile; then it goes on.</summary>
    private void Settle(GivenUp? given)
    {
        for (; given is { } lost; given = WithLine(static line => line.TakeLate()))
        {
            RedisLog.NotKept(engine.Logger, lost.Entries.Count, Name, lost.Why);
            Feed.Fail(CollectionsMarshal.AsSpan(lost.Entries), lost.Code, lost.Why);
        }
        lock (gate)
        {
            if (line.MaySend && line.HasWaiting) Queue_NeedsLock();
        }
    }

    private void Run_NeedsLock()
    {
        if (isRunning || !isOpen) return;
        isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Queue_NeedsLock()
    {
        if (isQueued) return;
        isQueued = true;
        engine.Send(this);
    }
}
