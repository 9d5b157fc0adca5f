using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// A room that is in memory. What is appended is sent by whoever has appended it; what Redis answers and tells goes through an inbox, which
/// one thread at a time empties.
/// </summary>
internal sealed class RedisRoom : IRoomStore, IThreadPoolWorkItem
{
    /// <summary>What scripts take for an id that was not sent before.</summary>
    public const long FirstTime = -1;

    private readonly RedisEngine engine;
    private readonly Lock gate = new();
    private readonly RoomInbox inbox = new();
    private readonly RoomLine line;
    private readonly RoomHearing hearing;
    private readonly RoomSyncing syncing;
    private readonly RoomReader reader;

    // In the order in which they went.
    private readonly Queue<RoomCall> underWay = new();
    private Phase phase;
    private bool isRunning;
    private bool isSending;
    private bool needsTicks;
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
        syncing = new RoomSyncing(this, hearing, engine);
        reader = new RoomReader(this, engine);
    }

    private enum Phase
    {
        /// <summary>What comes waits until the room has what was kept.</summary>
        Opening,
        Open,

        /// <summary>The engine has ended: what is appended is given up.</summary>
        Stopped,
        Closed,
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
    public string EpochInMemory { get; set; } = "";

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
        var kept = hearing.Kept(sync);
        lock (gate)
        {
            hearing.Begin(sync);
            EpochInMemory = Epoch;
            line.Begin();
        }
        return kept;
    }

    public void Begin()
    {
        lock (gate)
        {
            if (phase == Phase.Opening) phase = Phase.Open;
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

    /// <summary>What scripts take for where an author was before it sent something first; null, where it was not sent before.</summary>
    public long SeenOf(Position? firstSeen)
    {
        const long nowhere = -2;
        return firstSeen is not { } position ? FirstTime : Find(position) is var at and >= 0 ? at : nowhere;
    }

    public void Append(Entry entry)
    {
        lock (gate)
        {
            line.Add(entry);
            if (phase == Phase.Stopped) ThreadPool.UnsafeQueueUserWorkItem(static room => room.Stop(), this, preferLocal: false);
            else if (!line.MaySend) Need();
        }
    }

    public async ValueTask<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        var caughtUp = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Post(caughtUp)) return false;
        Task waiting = caughtUp.Task.WaitAsync(engine.Patience, cancellationToken);
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return waiting.IsCompletedSuccessfully && caughtUp.Task.Result;
    }

    public void Appended() => Send();

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
        lock (gate) (phase, NeedsTicks) = (Phase.Closed, false);
        engine.Close(this);
    }

    /// <summary>Redis has answered to a call, or has not: that is heeded here, behind the answers to what went before it.</summary>
    public void Take(Answered answered)
    {
        lock (gate)
        {
            answered.Call.Answer = answered;
            while (underWay.TryPeek(out var first) && first.Answer is { } next)
            {
                underWay.Dequeue();
                inbox.Add(next);
            }
            if (inbox.IsEmpty || isRunning || phase == Phase.Opening) return;
            isRunning = true;
        }
        Run();
    }

    /// <summary>Nothing comes any more: what is not decided is given up.</summary>
    public void Stop()
    {
        lock (gate) phase = Phase.Stopped;
        Settle(WithLine(static line => line.TakeAll()));
    }

    /// <summary>Tells the room something; it will be heeded on another thread. False, where it is closed.</summary>
    public bool Post(object happened)
    {
        lock (gate)
        {
            if (phase == Phase.Closed) return false;
            inbox.Add(happened);
            Run_NeedsLock();
            return true;
        }
    }

    /// <summary>The hub's channel has told something of the room.</summary>
    public void Hear(byte[] telling)
    {
        lock (gate)
        {
            if (phase != Phase.Closed && inbox.TryAdd(telling)) Run_NeedsLock();
        }
    }

    /// <summary>Is told of each tick from now on, until nothing is missing.</summary>
    public void Need()
    {
        lock (gate)
        {
            if (phase == Phase.Closed) return;
            NeedsTicks = true;
        }
        engine.Need(this);
    }

    /// <summary>Does this with the line, which the sender and who appends look at too.</summary>
    public T WithLine<T>(Func<RoomLine, T> action)
    {
        lock (gate) return action(line);
    }

    /// <summary>The own entry that was heard, once; null, where it is another's.</summary>
    public OwnEntry? TakeOwn(in EntrySource source)
    {
        lock (gate) return line.Hear(source);
    }

    /// <summary>Tells those whose entries are given up, and those who come meanwhile; then it goes on.</summary>
    public void Settle(GivenUp? given)
    {
        for (; given is { } lost; given = WithLine(static line => line.TakeLate()))
        {
            RedisLog.NotKept(engine.Logger, lost.Entries.Count, Name, lost.Why);
            Feed.Fail(CollectionsMarshal.AsSpan(lost.Entries), lost.Code, lost.Why);
        }
        Send();
    }

    void IThreadPoolWorkItem.Execute() => Run();

    private void Run()
    {
        using var batch = FlushBatch.Rent();
        while (true)
        {
            List<object> events;
            lock (gate)
            {
                if (inbox.IsEmpty || phase == Phase.Closed)
                {
                    isRunning = false;
                    return;
                }
                events = inbox.Take();
            }
            foreach (var happened in events) Try(static (room, happened, batch) => room.Heed(happened, batch), happened, batch);
            Try(static (room, _, batch) => room.HandOut(batch), this, batch);
            lock (gate) inbox.Return(events);
        }
    }

    // One thing that fails is not the others' fault.
    private void Try<T>(Action<RedisRoom, T, FlushBatch> action, T with, FlushBatch batch)
    {
        try
        {
            action(this, with, batch);
        }
        catch (Exception exception)
        {
            RedisLog.DeliveryFailed(engine.Logger, Name, exception);
        }
    }

    private void HandOut(FlushBatch batch)
    {
        hearing.HandOut(batch);
        batch.Flush();
    }

    private void Heed(object happened, FlushBatch batch)
    {
        if (happened is byte[] telling)
        {
            if (Telling.Read(telling.AsMemory(Ears.Head + Bytes.Length)) is not { } told) return;
            if (told.Epoch != Epoch) syncing.Start();
            else foreach (var heard in told.Entries) hearing.Hear(heard, told.Trimmed);
            return;
        }
        if (happened is Answered answered)
        {
            Answer(answered, batch);
            return;
        }
        hearing.HandOut(batch);
        if (happened is Synced synced) syncing.Take(synced, batch);
        else if (happened is Looked looked) syncing.Look(looked.Meta);
        else if (happened is TaskCompletionSource<bool> caughtUp) syncing.CatchUp(caughtUp);
        else Tick();
    }

    private void Answer(Answered answered, FlushBatch batch)
    {
        var (call, reply, failure) = answered;
        if (failure is not null) engine.Failed(failure);
        var replies = new (RoomReply Reply, bool IsWanted)[call.Entries.Count];
        bool isBroken;
        // All are accounted for first: telling may fail.
        lock (gate)
        {
            for (var i = 0; i < replies.Length; i++)
            {
                var (own, of) = (call.Entries[i], failure is null ? reply.Of(i) : new RoomReply(ReplyCode.NotTried));
                replies[i] = (of, !of.IsDecided || line.Finish(own));
                if (of.IsDecided) continue;
                if (of.Code == ReplyCode.Taken) line.Taken(own, own.Entry.IsTransient ? 0 : of.First);
                else line.Break(own, failure);
            }
            isBroken = line.IsBroken;
        }
        Send();
        if (isBroken) syncing.Start();
        for (var i = 0; i < replies.Length; i++)
        {
            var (own, (of, isWanted)) = (call.Entries[i], replies[i]);
            if (of.IsDecided)
            {
                hearing.HandOut(batch);
                if (isWanted && InThisEpoch(of, call.After.Epoch).Answer(own.Entry, Name, call.After.Epoch) is { } answer)
                    Try(static (room, told, _) => room.Feed.Answer(told.Entry, told.Answer), (own.Entry, Answer: answer), batch);
            }
            else if (of.Code == ReplyCode.NoLease)
            {
                engine.RenewSoon();
            }
            else if (of.Code == ReplyCode.Taken && !own.IsHeard && own.After.Epoch == Epoch)
            {
                if (own.Entry.IsTransient) Need();
                var source = new EntrySource(engine.HubId, call.Line, own.Number);
                hearing.Hear(new HeardEntry(of.First, own.Entry.IsTransient, reply.Time, source, default), reply.Trimmed);
            }
        }
        if (call.After.Epoch != Epoch) syncing.TellLeftBehind();
    }

    // What was published before may be there no more.
    private RoomReply InThisEpoch(RoomReply reply, string epoch)
    {
        if (epoch == Epoch || reply.First == 0 || reply.Code is not (ReplyCode.Duplicate or ReplyCode.Same)) return reply;
        return Find(new Position(epoch, reply.First)) is var at and >= 0 ? reply with { First = at } : new RoomReply(ReplyCode.Unknown);
    }

    private void Tick()
    {
        if (hearing.IsMissing || WithLine(static line => line.IsBroken)) syncing.Start();
        syncing.TellMissed();
        Settle(WithLine(line => line.TakeOverdue(engine.Patience, engine.Link.DownFor)));
        lock (gate) NeedsTicks = hearing.IsExpecting || !line.MaySend || line.HasWaiting || line.HasUnheard;
    }

    private void Run_NeedsLock()
    {
        if (isRunning || phase == Phase.Opening) return;
        isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Sends what is to be sent now, unless another thread does: a call, and more by a thread of the pool, as who has appended has
    /// other things to do.</summary>
    private void Send()
    {
        RoomCall call;
        byte[] script;
        lock (gate)
        {
            if (isSending || !line.IsReady || phase == Phase.Stopped) return;
            if (engine.Link.Scripts is not { } scripts)
            {
                Need();
                return;
            }
            (isSending, script, call) = (true, scripts[Script.Append], line.TakeToSend(this));
            underWay.Enqueue(call);
        }
        call.Send(engine, script);
        lock (gate)
        {
            isSending = false;
            if (line.IsReady) ThreadPool.UnsafeQueueUserWorkItem(static room => room.Send(), this, preferLocal: false);
        }
    }
}
