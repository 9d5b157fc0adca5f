using System.Runtime.InteropServices;

namespace Kodama.Redis;

/// <summary>
/// Asks Redis how a room stands, where something is missing or was not answered as it should be: reads what is behind the head, closes the
/// line, takes another epoch. Used by who empties the inbox.
/// </summary>
internal sealed class RoomSyncing(RedisRoom room, RoomHearing hearing, RedisEngine engine)
{
    private const string Lost = "Redis has lost what it had kept last: send it again, or under a new id if it may come twice.";

    private bool isUnderWay;

    // Who waits to hear that the room is as far as Redis: for the next answer, and for the one under way.
    private readonly List<TaskCompletionSource<bool>> asked = [];
    private readonly List<TaskCompletionSource<bool>> awaited = [];

    // The line that begins when all is read, and up to where the one before was taken.
    private (long Next, long Taken)? closing;

    /// <summary>Asks, unless that is under way; closes the line, if it is broken and all of it was answered.</summary>
    public void Start()
    {
        room.Need();
        if (isUnderWay || engine.Link.Scripts is null) return;
        var (isBroken, isAnswered) = room.WithLine(static line => (line.IsBroken, line.IsAnswered));
        // Who waits is told what there is all the same.
        if (isBroken && !isAnswered && asked.Count == 0) return;
        var next = isBroken && isAnswered && closing is null ? engine.NextLine() : 0;
        isUnderWay = true;
        awaited.AddRange(asked);
        asked.Clear();
        hearing.Reads();
        _ = AskAsync(next);
    }

    /// <summary>Has this told when all that Redis has now is handed out.</summary>
    public void CatchUp(TaskCompletionSource<bool> caughtUp)
    {
        asked.Add(caughtUp);
        if (!isUnderWay) StartForAsked();
    }

    public void Take(Synced synced, FlushBatch batch)
    {
        var isAll = false;
        try
        {
            isAll = TakeAnswer(synced, batch);
        }
        finally
        {
            if (!isUnderWay)
            {
                Answer(awaited, isAll);
                if (asked.Count > 0) StartForAsked();
            }
        }
    }

    // Where nobody would answer, Redis is away.
    private void StartForAsked()
    {
        Start();
        if (!isUnderWay) Answer(asked, isKnown: false);
    }

    // Whether all that Redis has was read.
    private bool TakeAnswer(Synced synced, FlushBatch batch)
    {
        isUnderWay = false;
        if (synced.Failure is { } failure)
        {
            engine.Failed(failure);
            return false;
        }
        var sync = synced.Sync!;
        if (sync.Code == ReplyCode.OtherGeneration) engine.Link.Lose($"Redis at {engine.Link.Address} has begun anew.");
        if (sync.Code == ReplyCode.CannotClose)
        {
            // It is full. Where each entry was answered nothing can come late, and nothing need be closed.
            if (synced.Line > 0) room.Settle(room.WithLine(line => line.TryBegin(synced.Line, room.Epoch)));
            return false;
        }
        if (sync.Code != ReplyCode.Taken) return false;
        if (synced.Line > 0) closing = (synced.Line, room.WithLine(line => line.TakenOf(sync.Closed)));
        if (sync.IsWhole) Renew(sync);
        else hearing.Take(sync, batch);
        TellMissed();
        if (sync.HasMore)
        {
            Start();
        }
        else if (closing is { } closed)
        {
            closing = null;
            room.Settle(room.WithLine(line => line.Begin(closed.Next, closed.Taken, room.Epoch)));
        }
        return !sync.HasMore;
    }

    /// <summary>Looks whether what is counted of the room is as the hub knows it; null, where it is gone.</summary>
    public void Look(RoomMeta? meta)
    {
        if (meta is not { } known || known.Epoch != room.Epoch || known.Generation != engine.Link.Scripts?.Generation)
        {
            Start();
            return;
        }
        room.Trimmed = Math.Max(room.Trimmed, known.Trimmed);
        hearing.Expect(known.Last);
        var now = engine.RedisTime;
        var age = room.Retention.Age.TotalMilliseconds;
        // It is used, or has something that is too old: the script sees to both.
        if (known.ExpiresAt - now < age || (known.Messages > 0 && now - known.LookedAt > (age / 8) + 1000)) Start();
    }

    /// <summary>Tells those whose entries were not handed out though all up to the head was.</summary>
    public void TellMissed()
    {
        foreach (var (own, offset) in room.WithLine(line => line.Missed(room.Head)))
            room.Feed.Answer(own.Entry, new PublishResult(offset, 0));
    }

    /// <summary>Tells those whose entries have their place in an epoch that is over: kept, if this one has as much of it.</summary>
    public void TellLeftBehind()
    {
        List<Entry> lost = [];
        foreach (var (own, at) in room.WithLine(line => line.TakeLeftBehind(room)))
        {
            if (at >= 0) room.Feed.Answer(own.Entry, new PublishResult(at, 0));
            else lost.Add(own.Entry);
        }
        if (lost.Count > 0) room.Feed.Fail(CollectionsMarshal.AsSpan(lost), RefusalCode.OutcomeUnknown, Lost);
    }

    private static void Answer(List<TaskCompletionSource<bool>> waiting, bool isKnown)
    {
        foreach (var caughtUp in waiting) caughtUp.TrySetResult(isKnown);
        waiting.Clear();
    }

    private async Task AskAsync(long next)
    {
        try
        {
            room.Post(new Synced(await engine.SyncAsync(room, next), next, null));
        }
        catch (Exception exception)
        {
            room.Post(new Synced(null, next, exception));
        }
    }

    private void Renew(RoomSync sync)
    {
        if (sync.Epoch != room.Epoch) RedisLog.EpochEnded(engine.Logger, room.Name);
        hearing.Begin(sync);
        try
        {
            room.Feed.Renew(hearing.Kept(sync));
        }
        catch (Exception exception)
        {
            // What a peer that is ended for it has thrown: the rest is done as well.
            RedisLog.DeliveryFailed(engine.Logger, room.Name, exception);
        }
        room.EpochInMemory = room.Epoch;
        foreach (var heard in sync.Entries)
        {
            if (room.TakeOwn(heard.Source) is { IsTold: false } own) room.Feed.Answer(own.Entry, new PublishResult(heard.Offset, 0));
        }
        TellLeftBehind();
    }
}
