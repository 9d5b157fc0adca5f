namespace Kodama;

/// <summary>
/// The way of a room's entries through its engine: appended under the room's lock, and handed out or refused when the engine has decided.
/// </summary>
internal sealed class RoomAppender(Room room) : IRoomFeed
{
    private PendingShares? shares;

    /// <summary>What the engine keeps. Set before there are peers.</summary>
    public IRoomStore Store { get; set; } = null!;

    /// <summary>Entries that the engine has not decided on.</summary>
    public int Pending_NeedsLock { get; private set; }

    KeyBounds IRoomFeed.Bounds => room.Hub.Options.Log.KeyBounds;

    public PublishResult Append(Entry entry, in Publication publication)
    {
        entry.FirstSeen = publication.Id?.FirstSeen;
        var pending = new TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        entry.Pending = pending;
        lock (room.Gate)
        {
            shares ??= new PendingShares(room.Hub.PendingBudget);
            if (!shares.TryTake_NeedsLock(entry))
                return PublishResult.Refused(RefusalCode.Busy, "More waits to be kept than the hub allows: try again.");
            if (room.Publisher.Check_NeedsLock(publication) is { } refused)
            {
                shares.Return_NeedsLock(entry);
                return refused;
            }
            Pending_NeedsLock++;
            if (entry.Key is not null) room.Publisher.Keys_NeedsLock.Add(entry);
            if (publication.Id is not null) room.Publisher.Ids_NeedsLock.Add(publication, 0, pending.Task);
            Store.Append(entry);
        }
        Store.Appended();
        return new PublishResult(0, 0) { Pending = pending.Task };
    }

    void IRoomFeed.Deliver(ReadOnlySpan<Entry> entries, FlushBatch batch)
    {
        foreach (var entry in entries)
        {
            var result = new PublishResult(entry.Offset, 0);
            // Another hub has taken out what is of somebody here: it took this one for dead.
            var isOthers = entry.Pending is null;
            var taken = isOthers && entry is { Action: EntryAction.Remove, IsBound: true } ? room.Members.FindOwn(entry) : null;
            try
            {
                result = room.Publisher.HandOut(entry, batch);
            }
            catch (Exception exception)
            {
                // What flushing others' frames has thrown: the entries behind this one are kept as well, and wait for it.
                RoomsLog.HandOutFailed(room.Hub.Logger, room.Name, entry.Offset, exception);
            }
            if (!isOthers) Settle(entry, entry.Offset, hasFailed: false)?.TrySetResult(result with { Epoch = room.Epoch });
            if (taken is not null) room.Members.Restore([taken]);
        }
    }

    void IRoomFeed.Answer(Entry entry, PublishResult answer) =>
        Settle(entry, answer.Offset, hasFailed: false)?.TrySetResult(answer with { Epoch = room.Epoch });

    void IRoomFeed.Renew(KeptRoom kept)
    {
        var (own, isOther) = (room.Members.Own(), kept.Epoch != room.Epoch);
        List<Peer> behind;
        IReadOnlyList<Entry> untold;
        lock (room.Gate)
        {
            if (room.Life.IsOver_NeedsLock) return;
            behind = Renew_NeedsLock(kept, out untold);
        }
        StreamOut(untold);
        foreach (var peer in behind) peer.CatchUp();
        room.Members.Restore(own, isOther);
    }

    void IRoomFeed.Fail(ReadOnlySpan<Entry> entries, RefusalCode code, string why)
    {
        foreach (var entry in entries)
        {
            Settle(entry, 0, hasFailed: true)?.TrySetResult(PublishResult.Refused(code, why));
        }
    }

    /// <summary>Nothing waits for the engine any more; who waits for the entry is to be told.</summary>
    private TaskCompletionSource<PublishResult>? Settle(Entry entry, long offset, bool hasFailed)
    {
        lock (room.Gate)
        {
            shares!.Return_NeedsLock(entry);
            var pending = entry.Pending;
            entry.Pending = null;
            Pending_NeedsLock--;
            if (entry.Key is not null) room.Publisher.Keys_NeedsLock.Settle(entry);
            if (hasFailed && entry.Action == EntryAction.Remove && (entry.IsBound || entry.Kind == EntryKind.Presence))
                room.Members.Owners_NeedsLock.TryAgain_NeedsLock(entry);
            if (entry.Id is not null) room.Publisher.Ids_NeedsLock.Settle(entry, offset, hasFailed);
            return pending;
        }
    }

    /// <summary>Who is to be told of it.</summary>
    private List<Peer> Renew_NeedsLock(KeptRoom kept, out IReadOnlyList<Entry> untold)
    {
        var (before, lastTime) = (room.Log.At(room.Log.Last), room.Log.LastTime);
        room.ForgetPages_NeedsLock();
        room.Log.Renew(kept, room);
        room.Publisher.Ids_NeedsLock.Renew();
        var behind = new List<Peer>();
        foreach (var member in room.Fanout.Members)
        {
            member.Renew(before, room.History.Oldest_NeedsLock);
            if (member.IsCatchingUp) behind.Add(member.Peer);
        }
        // Of a life that has nothing in common with this one only the time tells what is new.
        room.Log.TryFind(before, out var told);
        untold = [.. kept.Messages.Where(entry => told >= 0 ? entry.Offset > told : entry.Time > lastTime)];
        if (told >= 0 && kept.Trimmed > told && HasStreams)
            RoomsLog.NotInStreams(room.Hub.Logger, kept.Trimmed - told, room.Name);
        return behind;
    }

    private bool HasStreams => Array.Exists(room.Fanout.Formats, static format => format is { Stream: not null, Users: > 0 });

    // Nobody reads for a stream what the room was not told one by one. Peers would seem to be slow, of more that no flush lies between.
    private void StreamOut(IReadOnlyList<Entry> entries)
    {
        const int atOnce = 32;
        if (entries.Count == 0 || !HasStreams) return;
        using var batch = FlushBatch.Rent();
        for (var first = 0; first < entries.Count; first += atOnce)
        {
            lock (room.Gate)
            {
                for (var i = first; i < Math.Min(first + atOnce, entries.Count); i++) StreamOut_NeedsLock(entries[i], batch);
            }
            batch.Flush();
        }
    }

    private void StreamOut_NeedsLock(Entry entry, FlushBatch batch)
    {
        var message = entry.ToMessage(room);
        foreach (var format in room.Fanout.Formats)
        {
            if (format is not { Stream: { } stream, Users: > 0 }) continue;
            var frame = default(Frame);
            try
            {
                frame = stream.Encode(message);
                stream.HandOut_NeedsLock(message, frame, sender: null, entry.Except, batch);
            }
            catch (Exception exception)
            {
                RoomsLog.HandOutFailed(room.Hub.Logger, room.Name, entry.Offset, exception);
            }
            frame.Release();
        }
    }
}
