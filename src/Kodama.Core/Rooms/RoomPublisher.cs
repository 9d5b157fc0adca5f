namespace Kodama;

/// <summary>
/// Gives what is published in a room its place, and hands it out. With an engine the place comes from there, and handing out is later.
/// </summary>
internal sealed class RoomPublisher(Room room, SlowPeerPolicy policy)
{
    private readonly RoomLog log = room.Log;
    private PublishedIds? ids;
    private KeyView? keys;

    public RoomDelivery Delivery { get; } = new(room, policy);

    /// <summary>The keys as what is pending will leave them.</summary>
    public KeyView Keys_NeedsLock => keys ??= new KeyView(log);

    public PublishedIds Ids_NeedsLock => ids ??= new PublishedIds(room);

    /// <summary>Publishes a message: to all in the room but its sender, unless the room echoes, and but some.</summary>
    public PublishResult Publish(
        in Message message, FlushBatch batch, HashSet<Peer>? except = null, PublishId? id = null, UInt128 digest = default,
        in Standing standing = default)
    {
        var publication = new Publication(message.Sender, except, id, digest, message.Author?.Id) { Standing = standing };
        var exceptIds = except?.Select(static peer => peer.Author.Id).ToHashSet(StringComparer.Ordinal);
        if (standing.WithoutAuthor is { } author) (exceptIds ??= new(StringComparer.Ordinal)).Add(author);
        if (room.Appender is not { } appender) return HandOut(message, null, exceptIds, publication, batch);
        return appender.Append(
            new Entry
            {
                Author = message.Author,
                Id = message.Id,
                Note = message.Note,
                Event = message.Event,
                Payload = message.Payload.ToOwned(),
                Except = exceptIds,
                IsTransient = message.IsTransient,
                Sender = message.Sender,
                Without = standing.Without,
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
        var publication = Publication.Of(change);
        if (room.Appender is not { } appender) return HandOut(default, entry, null, publication, batch);
        (entry.Scope, entry.Digest, entry.Condition) = (change.Id?.Scope, change.Digest, change.Condition);
        return appender.Append(entry, publication);
    }

    /// <summary>What was published under this id before, or why it may not be; null for what is to be published.</summary>
    public PublishResult? Find(in PublishId id, UInt128 digest, string? author) => Find(new Publication(null, null, id, digest, author));

    /// <inheritdoc cref="Find(in PublishId, UInt128, string?)"/>
    public PublishResult? Find(KeyChange change) => Find(Publication.Of(change));

    /// <summary>What the store knows of an id that is sent again; null for nothing, and where it does not decide.</summary>
    public ValueTask<PublishResult?> FindKeptAsync(in PublishId? id, UInt128 digest, string? author) =>
        id is { FirstSeen: not null } again && room.Decides
            ? room.Store!.FindAsync(again, again.Scope ?? author ?? "", digest)
            : default;

    /// <summary>A filter has dropped what comes under this id.</summary>
    public void Dropped(in PublishId? id, string? author)
    {
        if (id is null || room.Appender is null) return;
        lock (room.Gate) ids?.Dropped(new Publication(null, null, id, default, author));
    }

    /// <summary>The author has left.</summary>
    public void Forget_NeedsLock(string author) => ids?.Forget(author);

    /// <summary>Hands out what an engine has placed and kept.</summary>
    public PublishResult HandOut(Entry entry, FlushBatch batch)
    {
        var publication = new Publication(entry.Sender, null, null, default, null)
        {
            IsPlaced = true,
            IsOthers = entry.Pending is null,
            Standing = new Standing { Without = entry.Without },
        };
        return entry.Kind == EntryKind.Message
            ? HandOut(entry.ToMessage(room), null, entry.Except, publication, batch)
            : HandOut(default, entry, null, publication, batch);
    }

    /// <summary>Why it gets no place now, or what was published in its stead; null where it gets one.</summary>
    public PublishResult? Check_NeedsLock(in Publication publication)
    {
        // Its counts are taken and its watchers have seen it go: to publish now would be to publish nowhere.
        if (room.Life.IsOver_NeedsLock)
            return PublishResult.Refused(RefusalCode.RoomGone, "The room has vanished: join it again.");
        if (publication.Id is not null && Ids_NeedsLock.Take(publication) is { } found) return found;
        return publication.Standing.Refuse(room) ?? (publication.Change is { } change ? Check_NeedsLock(change) : null);
    }

    private PublishResult? Check_NeedsLock(KeyChange change)
    {
        if (change.Check() is { } refused) return refused;
        var answer = room.Decides
            ? KeyTable.RefuseGrowth(room.Hub, Keys_NeedsLock.Find(change.Entry.Kind, change.Entry.Key!), change.Entry)
            : change.Weigh?.Invoke();
        if (answer is null) change.TakeOver?.Invoke();
        return answer;
    }

    private PublishResult? Find(in Publication publication)
    {
        lock (room.Gate) return Ids_NeedsLock.Find(publication);
    }

    /// <summary>
    /// Encodes once for each format, and under the lock gives the place, keeps, and puts into every outbox. What an engine has kept is
    /// handed out in any case: a format that cannot write it costs its own readers the entry, and nobody else.
    /// </summary>
    private PublishResult HandOut(
        in Message message, Entry? change, IReadOnlySet<string>? exceptIds, in Publication publication, FlushBatch batch)
    {
        var kept = change is null ? room.Hub.Watchers.Keep(message.Payload) : null;
        var frames = default(FrameSet);
        Fanout.Format[] encoded = [];
        Exception? failure = null;
        try
        {
            while (true)
            {
                var seen = room.Fanout.Formats;
                failure = frames.Encode(seen, encoded, message, room, change, publication.IsPlaced) ?? failure;
                encoded = seen;
                lock (room.Gate)
                {
                    if (seen != room.Fanout.Formats) continue;
                    if (!publication.IsPlaced && Check_NeedsLock(publication) is { } refused) return refused;
                    // Nobody has it any more, and what is kept of it is another's.
                    if (publication.IsOthers && room.Life.IsOver_NeedsLock) return default;
                    return change is null
                        ? HandOut_NeedsLock(message, kept, ref frames, seen, exceptIds, publication, batch)
                        : HandOut_NeedsLock(change, ref frames, seen, publication, batch);
                }
            }
        }
        finally
        {
            frames.Release();
            if (failure is not null) RoomsLog.HandOutFailed(room.Hub.Logger, room.Name, change?.Offset ?? message.Offset, failure);
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
            frames.Place(formats, placed.Offset, placed.Time);
            if (publication.Id is not null) Ids_NeedsLock.Add(publication, placed.Offset, pending: null);
        }
        var sender = publication.Standing.Without ?? publication.Sender;
        var echoes = room.Echo && publication.Standing.Without is null;
        if (room.Fanout.Count == 0 && !publication.IsOthers) room.Life.Touch_NeedsLock();
        var receivers = Delivery.FanOut_NeedsLock(
            ref frames, formats, placed.Offset, EntryKind.Message, sender, echoes, publication.Except, exceptIds, batch);
        receivers += Delivery.StreamOut_NeedsLock(placed, ref frames, formats, echoes ? null : sender, exceptIds, batch);
        room.TellMessage_NeedsLock(placed, kept);
        if (!placed.IsTransient) log.WakeWaiting();
        return new PublishResult(placed.Offset, receivers) { Time = placed.Time };
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
            frames.Place(formats, change.Offset, change.Time);
            if (publication.Id is not null) Ids_NeedsLock.Add(publication, change.Offset, pending: null);
        }
        if (room.Fanout.Count == 0 && !publication.IsOthers) room.Life.Touch_NeedsLock();
        log.WakeWaiting();
        room.Hub.TellKey_NeedsLock(room, change);
        var receivers = Delivery.FanOut_NeedsLock(ref frames, formats, change.Offset, change.Kind, null, false, null, null, batch);
        return new PublishResult(change.Offset, receivers) { Time = change.Time };
    }
}
