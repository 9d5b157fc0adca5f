namespace Kodama;

/// <summary>
/// Gives what is published in a room its place, and hands it out. With an engine the place comes from there, and handing out is later.
/// </summary>
internal sealed class RoomPublisher(Room room, SlowPeerPolicy policy) : IRoomFeed
{
    private readonly Lock gate = room.Gate;
    private readonly Fanout fanout = room.Fanout;
    private readonly RoomLog log = room.Log;

    // By author, the first of its ids that could not be kept.
    private Dictionary<string, string>? failed;

    // What may wait for a peer that can go on from the log: no more than half of what the log keeps, or it would have moved on meanwhile.
    private readonly int mostFrames = Math.Max(64, room.Log.Retention.Messages / 2);
    private readonly int mostBytes = Math.Max(64 * 1024, room.Log.Retention.Bytes / 2);
    private KeyView? keys;
    private PendingShares? shares;

    /// <summary>Entries that an engine has not decided on.</summary>
    public int Pending_NeedsLock { get; private set; }

    /// <summary>The keys as what is pending will leave them.</summary>
    public KeyView Keys_NeedsLock => keys ??= new KeyView(log);

    /// <summary>Whether there are members with <see cref="Membership.LeftOut"/>, or were. Set under the lock.</summary>
    public bool HasLeftOut { get; set; }

    /// <summary>Publishes a message: to all in the room but its sender, unless the room echoes, and but some.</summary>
    public PublishResult Publish(
        in Message message, FlushBatch batch, HashSet<Peer>? except = null, PublishId? id = null, UInt128 digest = default,
        in Standing standing = default)
    {
        var publication = new Publication(message.Sender, except, id, digest, message.Author?.Id) { Standing = standing };
        var exceptIds = except is null ? null : except.Select(peer => peer.Author.Id).ToHashSet(StringComparer.Ordinal);
        if (room.Store is null) return HandOut(message, null, exceptIds, publication, batch);
        return Append(
            new Entry
            {
                Author = message.Author,
                Id = message.Id,
                Event = message.Event,
                Payload = message.Payload.ToOwned(),
                Except = exceptIds,
                IsTransient = message.IsTransient,
                Sender = message.Sender,
                Scope = id?.Scope,
                Digest = digest,
            },
            publication);
    }

    /// <summary>Publishes a change of a key, if its check allows it.</summary>
    public PublishResult Publish(KeyChange change, FlushBatch batch)
    {
        var entry = change.Entry;
        entry.Replace(entry.Payload.ToOwned());
        var publication = Of(change);
        if (room.Store is null) return HandOut(default, entry, null, publication, batch);
        (entry.Scope, entry.Digest) = (change.Id?.Scope, change.Digest);
        return Append(entry, publication);
    }

    /// <summary>What was published under this id before, or why it may not be; null for what is to be published.</summary>
    public PublishResult? Find(in PublishId id, UInt128 digest, string? author) => Find(new Publication(null, null, id, digest, author));

    /// <inheritdoc cref="Find(in PublishId, UInt128, string?)"/>
    public PublishResult? Find(KeyChange change) => Find(Of(change));

    /// <summary>A filter has dropped what comes under this id: if it is what could not be kept before, it holds up nothing more.</summary>
    public void Dropped(in PublishId? id, string? author)
    {
        if (id is null || room.Store is null) return;
        var publication = new Publication(null, null, id, default, author);
        lock (gate)
        {
            if (failed?.GetValueOrDefault(publication.Scope) == id.Value.Value) failed.Remove(publication.Scope);
        }
    }

    void IRoomFeed.Deliver(ReadOnlySpan<Entry> entries, FlushBatch batch)
    {
        foreach (var entry in entries)
        {
            var result = new PublishResult(entry.Offset, 0);
            try
            {
                result = HandOut(entry, batch);
            }
            catch (Exception exception)
            {
                // What flushing others' frames has thrown: the entries behind this one are kept as well, and wait for it.
                RulesLog.HandOutFailed(room.Hub.Logger, room.Name, entry.Offset, exception);
            }
            Settle(entry, isKept: true)?.TrySetResult(result);
        }
    }

    void IRoomFeed.Fail(ReadOnlySpan<Entry> entries, RefusalCode code, string why)
    {
        foreach (var entry in entries)
        {
            Settle(entry, isKept: false)?.TrySetResult(PublishResult.Refused(code, why));
        }
    }

    /// <summary>The author has left, unless it is here by another connection: what of its could not be kept holds up nothing.</summary>
    public void Forget_NeedsLock(string author)
    {
        if (failed is not null && !IsHere(author)) failed.Remove(author);
    }

    private PublishResult Append(Entry entry, in Publication publication)
    {
        var pending = new TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        entry.Pending = pending;
        PublishResult? refused;
        lock (gate)
        {
            shares ??= new PendingShares(room.Hub.PendingBudget);
            if (!shares.TryTake_NeedsLock(entry)) return Refused(RefusalCode.Busy, "More waits to be kept than the hub allows: try again.");
            refused = Check_NeedsLock(publication);
            if (refused is not null) shares.Return_NeedsLock(entry);
            else
            {
                Pending_NeedsLock++;
                if (entry.Key is not null) Keys_NeedsLock.Add(entry);
                if (publication.Id is { } id) log.Ids.Add(publication.Scope, id.Value, new(publication.Digest, 0, pending.Task),
                    room.Hub.Time.GetTimestamp());
                room.Store!.Append(entry);
            }
        }
        return refused ?? new PublishResult(0, 0) { Pending = pending.Task };
    }

    /// <summary>Nothing waits for the engine any more; who waits for the entry is to be told.</summary>
    private TaskCompletionSource<PublishResult>? Settle(Entry entry, bool isKept)
    {
        lock (gate)
        {
            shares!.Return_NeedsLock(entry);
            var pending = entry.Pending;
            entry.Pending = null;
            Pending_NeedsLock--;
            if (entry.Key is not null) Keys_NeedsLock.Settle(entry);
            if (!isKept && entry.Action == EntryAction.Remove && (entry.IsBound || entry.Kind == EntryKind.Presence))
                room.Members.TryAgain_NeedsLock(entry);
            if (entry.Id is null) return pending;
            var author = entry.Author?.Id ?? "";
            log.Ids.Settle(entry.Scope ?? author, entry.Id, isKept ? entry.Offset : 0);
            // Whoever has left since begins anew.
            if (!isKept && entry.Scope is null && IsHere(author)) (failed ??= new(StringComparer.Ordinal)).TryAdd(author, entry.Id);
            return pending;
        }
    }

    private PublishResult HandOut(Entry entry, FlushBatch batch)
    {
        var publication = new Publication(entry.Sender, null, null, default, null) { IsPlaced = true };
        return entry.Kind == EntryKind.Message
            ? HandOut(entry.ToMessage(room), null, entry.Except, publication, batch)
            : HandOut(default, entry, null, publication, batch);
    }

    /// <summary>
    /// The one fan-out: encodes once for each format, and under the lock gives the place, keeps, and puts into every outbox. What an engine
    /// has kept is handed out in any case: a format that cannot write it costs its own readers the entry, and nobody else.
    /// </summary>
    private PublishResult HandOut(
        in Message message, Entry? change, IReadOnlySet<string>? exceptIds, in Publication publication, FlushBatch batch)
    {
        var watchers = room.Hub.Watchers;
        var kept = change is not null || watchers.Count == 0 ? default(Payload?) : message.Payload.ToOwnedUpTo(watchers.MaxPayload);
        var frames = default(FrameSet);
        Fanout.Format[] encoded = [];
        Exception? failure = null;
        try
        {
            while (true)
            {
                var seen = fanout.Formats;
                failure = frames.Encode(seen, encoded, message, room, change, publication.IsPlaced) ?? failure;
                encoded = seen;
                lock (gate)
                {
                    if (seen != fanout.Formats) continue;
                    if (!publication.IsPlaced && Check_NeedsLock(publication) is { } refused) return refused;
                    return change is null
                        ? HandOut_NeedsLock(message, kept, ref frames, seen, exceptIds, publication, batch)
                        : HandOut_NeedsLock(change, ref frames, seen, publication, batch);
                }
            }
        }
        finally
        {
            frames.Release();
            if (failure is not null) RulesLog.HandOutFailed(room.Hub.Logger, room.Name, change?.Offset ?? message.Offset, failure);
            batch.Count(change is null ? message.Payload.Bytes.Length : (int)change.Size);
            room.Hub.Keeper.TrimSoon();
        }
    }

    private PublishResult HandOut_NeedsLock(
        in Message message, Payload? kept, ref FrameSet frames, Fanout.Format[] formats, IReadOnlySet<string>? exceptIds,
        in Publication publication, FlushBatch batch)
    {
        var placed = message;
        if (publication.IsPlaced)
        {
            if (!placed.IsTransient) log.Take(placed, exceptIds);
        }
        else if (!placed.IsTransient)
        {
            placed = log.Append(message, exceptIds);
            Place(ref frames, formats, placed.Offset, placed.Time);
            Remember_NeedsLock(publication, placed.Offset);
        }
        room.Group?.Publishing_NeedsLock(message, frames[0], room.Echo ? null : publication.Sender, publication.Except);
        if (fanout.Count == 0) room.Touch_NeedsLock();
        var receivers = FanOut_NeedsLock(
            ref frames, formats, placed.Offset, EntryKind.Message, room.Echo ? null : publication.Sender, publication.Except, exceptIds,
            batch);
        room.TellMessage_NeedsLock(placed, kept);
        if (!placed.IsTransient) room.Advanced_NeedsLock();
        return new PublishResult(placed.Offset, receivers);
    }

    private PublishResult HandOut_NeedsLock(
        Entry change, ref FrameSet frames, Fanout.Format[] formats, in Publication publication, FlushBatch batch)
    {
        if (publication.IsPlaced)
        {
            log.Take(change);
        }
        else
        {
            log.Append(change, room.Hub.Time.GetUtcNow());
            Place(ref frames, formats, change.Offset, change.Time);
            Remember_NeedsLock(publication, change.Offset);
        }
        if (fanout.Count == 0) room.Touch_NeedsLock();
        room.Advanced_NeedsLock();
        return new PublishResult(change.Offset, FanOut_NeedsLock(ref frames, formats, change.Offset, change.Kind, null, null, null, batch));
    }

    private int FanOut_NeedsLock(
        ref FrameSet frames, Fanout.Format[] formats, long offset, EntryKind kind, Peer? sender, HashSet<Peer>? except,
        IReadOnlySet<string>? exceptIds, FlushBatch batch)
    {
        var receivers = 0;
        var bytes = 0L;
        var isCrowd = fanout.Count >= CrowdFlush.Smallest;
        foreach (var member in fanout.Members)
        {
            if (!member.IsLive) continue;
            var peer = member.Peer;
            if (peer == sender
                || (kind != EntryKind.Message && !member.Wants(kind))
                || (except is not null ? except.Contains(peer) : exceptIds is not null && exceptIds.Contains(peer.Author.Id)))
            {
                if (offset > 0) LeaveOut_NeedsLock(member, offset);
                continue;
            }
            if (room.Group is { } group && !group.Takes_NeedsLock(peer)) continue;
            ref readonly var frame = ref frames[member.Format];
            if (frame.IsEmpty || !Hand_NeedsLock(member, frame, formats[member.Format].CarriesPosition, offset, isCrowd, batch)) continue;
            receivers++;
            bytes += frame.Length;
        }
        if (isCrowd && receivers > 0) batch.CountCrowd(room.Hub.Crowds, (int)(bytes / receivers));
        room.Hub.Counters.Add(kind == EntryKind.Message ? 1 : 0, receivers, bytes);
        return receivers;
    }

    private void LeaveOut_NeedsLock(Membership member, long offset)
    {
        member.LeftOut = offset;
        HasLeftOut = true;
    }

    private bool Hand_NeedsLock(Membership member, in Frame frame, bool carriesPosition, long offset, bool isCrowd, FlushBatch batch)
    {
        if (!carriesPosition || log.Retention.Messages == 0) return batch.Deliver(member.Peer, frame, policy, isCrowd);
        if (batch.DeliverOrFallBehind(member.Peer, frame, mostFrames, mostBytes, isCrowd, out var isBehind)) return true;
        // A transient message that finds no place is lost, as is promised; what has an offset will be read from the log.
        if (!isBehind || offset == 0) return false;
        member.Cursor = offset - 1;
        member.IsLive = false;
        return false;
    }

    private PublishResult? Check_NeedsLock(in Publication publication)
    {
        // Its counts are taken and its watchers have seen it go: to publish now would be to publish nowhere.
        if (room.IsClosed_NeedsLock) return Refused(RefusalCode.RoomGone, "The room has vanished: join it again.");
        if (publication.Id is not null)
        {
            if (Find_NeedsLock(publication) is { } found) return found;
            if (!log.Ids.HasPlaceFor(publication.Scope)) return Refused(RefusalCode.Busy,
                $"As many ids are under way as room {room.Name} remembers, {IdWindow.MostOfAuthor} of an author: wait for an answer.");
            // What could not be kept is here again: whatever becomes of it now, it holds up nothing more.
            failed?.Remove(publication.Scope);
        }
        return publication.Standing.Refuse(room) ?? publication.Change?.Check();
    }

    private PublishResult? Find(in Publication publication)
    {
        lock (gate) return Find_NeedsLock(publication);
    }

    private PublishResult? Find_NeedsLock(in Publication publication)
    {
        var id = publication.Id!.Value;
        if (log.Ids.Find(publication.Scope, id.Value) is { } known)
        {
            if (known.Digest != publication.Digest)
                return Refused(RefusalCode.IdReused, $"Id \"{id.Value}\" was given to another content: take a new one.");
            if (publication.Change is { } change)
            {
                if (!known.IsUnderWay && Keys_NeedsLock.IsTakenBack(change.Entry)) return null;
                change.TakeOver?.Invoke();
            }
            return new PublishResult(known.Offset, 0) { Pending = known.Pending, IsDuplicate = true };
        }
        if (id.FirstSeen is { } seen
            && (seen.Epoch != log.Epoch || seen.Offset > log.Last || seen.Offset < log.Ids.ForgottenOf(publication.Scope)))
        {
            return Refused(
                RefusalCode.OutcomeUnknown,
                "It is not known whether this was published before: send it under a new id if it may come twice.");
        }
        if (failed?.GetValueOrDefault(publication.Scope) is not { } first) return null;
        if (first != id.Value) return Refused(RefusalCode.NotInOrder, $"Id \"{first}\" could not be kept: send it again first.");
        // Taken now, it would let pass what is refused behind it before the author has learned of that.
        return log.Ids.UnderWay(publication.Scope) == 0
            ? null
            : Refused(RefusalCode.NotKept, "What came behind it could not be kept either, and is being refused still: send it again.");
    }

    private void Remember_NeedsLock(in Publication publication, long offset)
    {
        if (publication.Id is not { } id) return;
        log.Ids.Add(publication.Scope, id.Value, new(publication.Digest, offset, null), room.Hub.Time.GetTimestamp());
    }

    private static void Place(ref FrameSet frames, Fanout.Format[] formats, long offset, DateTimeOffset time)
    {
        for (var i = 0; i < formats.Length; i++)
        {
            if (formats[i].CarriesPosition && !frames[i].IsEmpty) formats[i].Encoder.Place(frames[i].Span, offset, time);
        }
    }

    private static Publication Of(KeyChange change) =>
        new(null, null, change.Id, change.Digest, change.Entry.Author?.Id) { Change = change, Standing = new Standing(null, change.Visit) };

    // By whichever connection.
    private bool IsHere(string author) => room.Hub.FindPeer(author)?.IsIn(room) == true;

    private static PublishResult Refused(RefusalCode code, string text) => PublishResult.Refused(code, text);

    /// <summary>What is said of a publication beside what it says.</summary>
    private readonly record struct Publication(Peer? Sender, HashSet<Peer>? Except, PublishId? Id, UInt128 Digest, string? Author)
    {
        /// <summary>Whether an engine has given it its place.</summary>
        public bool IsPlaced { get; init; }

        /// <summary>By what right; of members' changes their check knows it.</summary>
        public Standing Standing { get; init; }

        /// <summary>The change that it is; null for messages.</summary>
        public KeyChange? Change { get; init; }

        /// <summary>For whom its id counts.</summary>
        public string Scope => Id?.Scope ?? Author ?? "";
    }
}
