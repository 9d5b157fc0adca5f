using System.Diagnostics;

namespace Kodama.Redis;

/// <summary>What is given up, in order, and what its senders are told.</summary>
internal sealed record GivenUp(List<Entry> Entries, RefusalCode Code, string Why);

/// <summary>
/// What a hub sends for a room, numbered in lines (docs/specs/cluster.md): Redis takes a number behind the one before it only, so what
/// comes behind a failure is not taken, and when a line was closed it is known what of it was. Guarded by its room.
/// </summary>
internal sealed class RoomLine(RedisEngine engine)
{
    private readonly LinkedList<OwnEntry> waiting = new();

    // What was sent and not both answered and handed out.
    private readonly Dictionary<(long Line, long Number), OwnEntry> sent = [];
    private List<Entry> late = [];
    private long current;
    private long number;
    private int unanswered;
    private string? refused;
    private string? failing;

    // What may be sent again and again fails only with what Redis refuses, and when the hub stops.
    private bool failsAll;

    /// <summary>Whether something was not answered as it should be: the line has to be closed.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether nothing that was sent is without an answer, or the news that there is none.</summary>
    public bool IsAnswered => unanswered == 0;

    public bool MaySend => current > 0 && !IsBroken && failing is null;

    public bool HasWaiting => waiting.Count > 0;

    /// <summary>
    /// Whether something is to be sent now: what is appended while others are under way goes with the next call, unless it fills one.
    /// </summary>
    public bool IsReady => MaySend && HasWaiting && (IsAnswered || waiting.Count >= RoomCall.Most);

    /// <summary>Whether somebody waits to hear what becomes of an entry; with <paramref name="all"/> also whether there is one of which
    /// nobody does.</summary>
    public bool HasUndecided(bool all) =>
        waiting.Concat(sent.Values).Any(own => !own.IsTold && (all || !own.Entry.IsRepeatable));

    /// <summary>Whether Redis has something that was not handed out.</summary>
    public bool HasUnheard => sent.Values.Any(static own => own is { IsTaken: true, IsHeard: false });

    public void Add(Entry entry) => waiting.AddLast(new OwnEntry(entry));

    /// <summary>The first line.</summary>
    public void Begin() => current = engine.NextLine();

    /// <summary>What goes in one call, with numbers. Something is ready.</summary>
    public RoomCall TakeToSend(RedisRoom room)
    {
        var (entries, bytes, after) = (new List<OwnEntry>(Math.Min(waiting.Count, RoomCall.Most)), 0L, room.After);
        while (waiting.First is { Value: var own } && entries.Count < RoomCall.Most)
        {
            bytes += own.Entry.Size;
            if (bytes > RoomCall.MostBytes && entries.Count > 0) break;
            waiting.RemoveFirst();
            (own.Number, own.After) = (++number, after);
            sent[(current, number)] = own;
            entries.Add(own);
        }
        unanswered += entries.Count;
        return new RoomCall(room, current, after, entries);
    }

    /// <summary>It has its place; it may have been heard before.</summary>
    public void Taken(OwnEntry own, long offset)
    {
        unanswered--;
        (own.IsTaken, own.Offset) = (true, offset);
        if (own.IsHeard) sent.Remove((current, own.Number));
    }

    /// <summary>It has an answer, and gets no place. Answers whether the sender is to be told.</summary>
    public bool Finish(OwnEntry own)
    {
        unanswered--;
        sent.Remove((current, own.Number));
        return !own.IsTold;
    }

    /// <summary>It was not taken, or that is not known.</summary>
    public void Break(OwnEntry own, Exception? failure = null)
    {
        unanswered--;
        IsBroken = true;
        if (failure is null || RedisErrors.IsElsewhere(failure)) return;
        if (failure is StackExchange.Redis.RedisServerException)
            refused ??= engine.Link.WithoutAddress(RedisErrors.Explain(failure, engine.Link.Address));
        own.IsUnknown = !RedisErrors.IsRefusal(failure);
    }

    /// <summary>The own entry that was heard, once; null, where it is another's.</summary>
    public OwnEntry? Hear(in EntrySource source)
    {
        if (source.Hub != engine.HubId || !sent.TryGetValue((source.Line, source.Number), out var own) || own.IsHeard) return null;
        own.IsHeard = true;
        if (own.IsTaken || source.Line != current) sent.Remove((source.Line, source.Number));
        return own;
    }

    /// <summary>
    /// Up to which number the line was taken that was closed: of one that Redis has not seen nothing, and where it knows another, as the
    /// answer to an earlier closing was lost, or none, perhaps all.
    /// </summary>
    public long TakenOf((long Line, long Number) closed) =>
        closed.Line == current ? closed.Number : closed.Line >= 0 && closed.Line < current ? 0 : long.MaxValue;

    /// <summary>What has its place in an epoch that is over, and was not handed out; with where that is in this one, or -1 where it is
    /// lost. What may be sent again is, then.</summary>
    public List<(OwnEntry Own, long At)> TakeLeftBehind(RedisRoom room)
    {
        List<(OwnEntry, long)> left = [];
        foreach (var (key, own) in sent)
        {
            if (own is not { IsTaken: true, IsHeard: false } || own.After.Epoch == room.Epoch) continue;
            var at = own.Entry.IsTransient ? 0 : room.Find(new Position(own.After.Epoch, own.Offset));
            if (at < 0 && own.Entry.IsRepeatable)
            {
                (own.IsTaken, own.IsUnknown, IsBroken) = (false, true, true);
                continue;
            }
            sent.Remove(key);
            own.IsHeard = true;
            if (!own.IsTold) left.Add((own, at));
        }
        return left;
    }

    /// <summary>What has its place, and was not handed out though all up to the head was: a later change of its key has replaced it, or it
    /// was transient.</summary>
    public List<(OwnEntry Own, long Offset)> Missed(long head)
    {
        List<(OwnEntry Own, long Offset)> missed = [];
        foreach (var (key, own) in sent)
        {
            if (!own.IsTaken || own.IsHeard) continue;
            if (own.Offset > 0 ? own.Offset > head : Stopwatch.GetElapsedTime(own.Since).TotalSeconds < 1) continue;
            sent.Remove(key);
            own.IsHeard = true;
            if (!own.IsTold) missed.Add((own, own.Offset));
        }
        return missed;
    }

    /// <summary>
    /// The next line, when all that Redis has was handed out. What was not taken goes there, in order. What may have been, and was not
    /// found, is not known, and what is behind it is given up.
    /// </summary>
    /// <param name="next">The line that begins.</param>
    /// <param name="taken">Up to which number the one before was taken.</param>
    /// <param name="epoch">Of now: of what was sent in another, others may have heard what is not there any more.</param>
    public GivenUp? Begin(long next, long taken, string epoch)
    {
        List<Entry> unknown = [];
        List<OwnEntry> again = [];
        foreach (var (key, own) in sent.OrderBy(static pair => pair.Key).ToList())
        {
            // Redis has it, and it comes.
            if (own is { IsTaken: true, IsHeard: false }) continue;
            sent.Remove(key);
            if (own.IsHeard || own.IsTold) continue;
            if (own.IsUnknown && (own.Number <= taken || own.After.Epoch != epoch) && !own.Entry.IsRepeatable) unknown.Add(own.Entry);
            else again.Add(own);
        }
        (current, number, IsBroken) = (next, 0, false);
        for (var i = again.Count - 1; i >= 0; i--)
        {
            (again[i].Number, again[i].IsUnknown) = (0, false);
            waiting.AddFirst(again[i]);
        }
        if (unknown.Count > 0)
        {
            failing = refused ?? "The connection to Redis broke.";
            refused = null;
            return new GivenUp(unknown, RefusalCode.OutcomeUnknown, $"{failing} It is not known whether this was kept: send it again.");
        }
        if (refused is null) return null;
        (failing, refused, failsAll) = (refused, null, true);
        return TakeLate();
    }

    /// <summary>The same where the line could not be closed: only if all was answered.</summary>
    public GivenUp? TryBegin(long next, string epoch) => sent.Values.Any(static own => own.IsUnknown) ? null : Begin(next, 0, epoch);

    /// <summary>What has waited too long: all of the room goes with it.</summary>
    public GivenUp? TakeOverdue(TimeSpan patience, TimeSpan downFor)
    {
        if (!IsBroken && downFor == TimeSpan.Zero) return null;
        var undecided = sent.Values.Where(static own => own is { IsHeard: false, IsTold: false }).Concat(waiting)
            .Where(static own => !own.Entry.IsRepeatable).ToList();
        if (undecided.Count == 0 || (downFor < patience && undecided.TrueForAll(own => Stopwatch.GetElapsedTime(own.Since) < patience)))
            return null;
        failing = engine.Link.WithoutAddress(engine.Link.State.Wrong ?? "Redis does not answer in time.");
        return GiveUp();
    }

    /// <summary>The hub stops.</summary>
    public GivenUp? TakeAll()
    {
        (failing, failsAll) = ("The hub has stopped.", true);
        return GiveUp();
    }

    /// <summary>What came meanwhile, until nothing has.</summary>
    public GivenUp? TakeLate()
    {
        if (failing is not { } why) return null;
        var entries = late;
        late = [];
        for (LinkedListNode<OwnEntry>? node = waiting.First, next; node is not null; node = next)
        {
            next = node.Next;
            if (!Fails(node.Value)) continue;
            entries.Add(node.Value.Entry);
            waiting.Remove(node);
        }
        if (entries.Count > 0) return new GivenUp(entries, RefusalCode.NotKept, why);
        (failing, failsAll) = (null, false);
        return null;
    }

    private bool Fails(OwnEntry own) => failsAll || !own.Entry.IsRepeatable;

    // What may have arrived first: its senders are told so, and if it comes to light it is handed out.
    private GivenUp? GiveUp()
    {
        var unknown = new List<Entry>();
        foreach (var (key, own) in sent.OrderBy(static pair => pair.Key).ToList())
        {
            if (own.IsHeard || own.IsTold || !Fails(own)) continue;
            own.IsTold = true;
            if (own.IsUnknown || own.IsTaken || unanswered > 0)
            {
                unknown.Add(own.Entry);
            }
            else
            {
                late.Add(own.Entry);
                sent.Remove(key);
            }
        }
        return unknown.Count > 0
            ? new GivenUp(unknown, RefusalCode.OutcomeUnknown, $"{failing} It is not known whether this was kept: send it again.")
            : TakeLate();
    }
}
