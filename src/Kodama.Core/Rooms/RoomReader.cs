using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>Reads what a room keeps: for members that catch up, page by page until they are live, and for whoever asks.</summary>
internal sealed class RoomReader(Room room)
{
    private const int MostEntries = 1000;

    private readonly Lock gate = room.Gate;
    private readonly RoomLog log = room.Log;
    private PageCache? pages;

    private long Oldest_NeedsLock => room.Store is { } store ? Math.Min(store.Trimmed, log.Trimmed) : log.Trimmed;

    /// <summary>
    /// Behind which offset somebody begins by number or time, as what is kept outside memory has it; null for who begins otherwise. Not
    /// called under a lock.
    /// </summary>
    /// <exception cref="EngineException">It cannot be read now.</exception>
    public long? FindStart(Start start)
    {
        if (start.IsLive || start.Position is not null || room.Store is not { } store) return null;
        long trimmed;
        int count;
        lock (gate)
        {
            var found = OffsetBefore_NeedsLock(start, out var isAll);
            if (isAll || store.Trimmed >= log.Trimmed) return found;
            (trimmed, count) = (log.Trimmed, log.MessageCount);
        }
        return start.Messages is { } messages ? store.FindStart(trimmed, messages - count) : store.FindStart(trimmed, start.Time!.Value);
    }

    /// <summary>Says where a member that has just come begins, and answers its join.</summary>
    public Joined Place_NeedsLock(Membership member)
    {
        var start = member.Request.Start;
        var (cursor, isGap) = Begin_NeedsLock(start, member.Start, member.Rights.HasFlag(RoomRights.History));
        var changesAfter = start.Position is not null && !isGap && !log.IsKeyGap(cursor) ? cursor : log.Last;
        member.Cursor = cursor;
        member.JoinedAt = log.Last;
        member.ChangesAfter = changesAfter;
        member.IsLive = !member.IsHeld && cursor == log.Last;
        var keys = member.WantsKeys && changesAfter == log.Last && cursor <= log.Last ? Keys_NeedsLock(member) : null;
        return new Joined(JoinResult.Joined, room, At(cursor), isGap, keys, log.Last) { Membership = member };
    }

    /// <summary>Gives a member that catches up what comes next, or makes it live. True, when there is more for it to get at once.</summary>
    public async ValueTask<bool> FeedAsync(Membership member, FlushBatch batch)
    {
        if (Next(member) is not { } step) return false;
        var encoder = member.Peer.Encoder;
        if (step.Page is null && step.Mark is null && step.Cached.IsEmpty)
        {
            // Retention has overtaken it, or keys were forgotten that it knows: it is told in the next step.
            if (await ReadStoreAsync(step.After, member.WantsKeys) is not { } page || IsKeyGap(member, page)) return true;
            step = step with { Page = page };
        }
        var frame = step.Mark is { } mark ? encoder.Encode(mark) : step.Cached.IsEmpty ? Encode(step.Page!, member) : step.Cached;
        var upTo = step.Page?.UpTo ?? step.UpTo;
        var live = default(Frame);
        try
        {
            // The head was there when the page was made: one that ends before it is not the last.
            if (step.Mark is null && upTo >= step.Head) live = encoder.Encode(new RoomMark(room, At(upTo), IsLive: true));
            return Hand(member, step, upTo, frame, live, batch);
        }
        finally
        {
            frame.Release();
            live.Release();
        }
    }

    /// <summary>Pages from a start on, and what happens then. The room is held meanwhile.</summary>
    public async IAsyncEnumerable<EntryPage> ListenAsync(Start start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after;
        bool isGap;
        var found = FindStart(start);
        lock (gate) (after, isGap) = Begin_NeedsLock(start, found, readsPast: true);
        // Who begins elsewhere than where it was knows no keys.
        long? forgotten = start.Position is { Offset: > 0 } ? 0 : null;
        while (true)
        {
            (var page, forgotten) = await ReadAsync(
                after, RoomLog.PageEntries, RoomLog.PageBytes, withKeys: true, forgotten, cancellationToken);
            if (isGap || page.IsGap || page.UpTo.Offset > after) yield return page with { IsGap = isGap || page.IsGap };
            (after, isGap) = (page.UpTo.Offset, false);
            if (!page.HasMore) await room.WhenBeyondAsync(after).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Tells live members that were left out of the last entries how far they are: they have everything up to the head.</summary>
    public void TellComplete()
    {
        if (!room.Publisher.HasLeftOut) return;
        var formats = room.Fanout.Formats;
        var frames = default(FrameSet);
        using var batch = FlushBatch.Rent();
        try
        {
            for (var i = 0; i < formats.Length; i++)
            {
                if (formats[i] is not { CarriesPosition: true, Users: > 0 } format) continue;
                frames[i] = format.Encoder.Encode(new RoomMark(room, At(0), IsLive: true));
            }
            lock (gate)
            {
                // Else a format has come into use meanwhile, and the next time will do.
                if (formats == room.Fanout.Formats) TellComplete_NeedsLock(ref frames, formats, batch);
            }
        }
        finally
        {
            frames.Release();
        }
    }

    /// <summary>What is kept behind an offset: messages, and changes of keys if they are asked for.</summary>
    public async ValueTask<EntryPage> ReadAfterAsync(
        long after, int most, long mostBytes, bool withKeys, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ThrowIfNoBounds(most, mostBytes);
        // Who reads from the beginning knows no keys.
        return (await ReadAsync(after, most, mostBytes, withKeys, after > 0 ? 0 : null, cancellationToken)).Page;
    }

    /// <summary>The newest messages before an offset.</summary>
    public async ValueTask<EntryPage> ReadBeforeAsync(long before, int most, long mostBytes, CancellationToken cancellationToken)
    {
        ThrowIfNoBounds(most, mostBytes);
        List<Entry> entries;
        bool hasMore;
        long oldest;
        lock (gate)
        {
            before = Math.Clamp(before, 1, log.Last + 1);
            entries = log.ReadBefore(before, most, mostBytes, out hasMore);
            oldest = log.Trimmed;
        }
        if (!hasMore && room.Store is { } store)
        {
            hasMore = await AddOlderAsync(store, entries, before, most, mostBytes, cancellationToken);
            oldest = Math.Min(oldest, store.Trimmed);
        }
        var from = entries.Count > 0 ? entries[0].Offset - 1 : Math.Min(oldest, before - 1);
        entries.RemoveAll(static entry => entry.Except is not null);
        return new EntryPage(entries, At(from), At(before - 1), !hasMore && oldest > 0, hasMore);
    }

    /// <summary>Lets the encoded pages go.</summary>
    public void Forget_NeedsLock()
    {
        pages?.Clear();
        pages = null;
    }

    /// <summary>What the member is to get next; null, when that is nothing.</summary>
    private Step? Next(Membership member)
    {
        lock (gate)
        {
            if (member.IsGone || member.IsLive || member.IsHeld) return null;
            var after = member.Cursor;
            var isBarred = !member.MayReadAfter(after);
            if (isBarred || IsGap_NeedsLock(after))
            {
                var next = isBarred ? Math.Max(member.JoinedAt, Oldest_NeedsLock) : Oldest_NeedsLock;
                return new Step(after, next) { Mark = Mark_NeedsLock(member, next, gap: after) };
            }
            if (member.WantsKeys && log.IsKeyGap(Math.Max(after, member.ChangesAfter)))
                return new Step(after, after) { Mark = Mark_NeedsLock(member, after, gap: null) };
            var (presence, state) = WantedBehind(member, after);
            if (pages is not null && !LeavesOwnOut(member) && pages.TryGet(
                after, member.Peer.Encoder, presence, state, out var cached, out var upTo))
            {
                if (after >= member.ChangesAfter || upTo <= member.ChangesAfter)
                    return new Step(after, upTo) { Cached = cached, Head = log.Last };
                cached.Release();
            }
            return new Step(after, after) { Page = after < log.Trimmed ? null : log.Read(after, member.WantsKeys), Head = log.Last };
        }
    }

    /// <summary>Behind which offset somebody begins, and whether entries behind its position are gone.</summary>
    private (long Cursor, bool IsGap) Begin_NeedsLock(Start start, long? found, bool readsPast)
    {
        if (start.Position is { } position)
        {
            var isGap = !readsPast || position.Epoch != log.Epoch || IsGap_NeedsLock(position.Offset);
            return (!isGap ? position.Offset : readsPast ? Oldest_NeedsLock : log.Last, isGap);
        }
        if (start.IsLive || !readsPast) return (log.Last, false);
        return (Math.Max(found ?? OffsetBefore_NeedsLock(start, out _), Oldest_NeedsLock), false);
    }

    private long OffsetBefore_NeedsLock(Start start, out bool isAll) => start.Messages is { } messages
        ? log.OffsetBefore(messages, out isAll)
        : log.OffsetBefore(start.Time!.Value, out isAll);

    private RoomMark Mark_NeedsLock(Membership member, long upTo, long? gap) => member.WantsKeys
        ? new RoomMark(room, At(upTo), gap, Keys: Keys_NeedsLock(member), KeysAt: log.Last)
        : new RoomMark(room, At(upTo), gap);

    private void TellComplete_NeedsLock(ref FrameSet frames, Fanout.Format[] formats, FlushBatch batch)
    {
        room.Publisher.HasLeftOut = false;
        for (var i = 0; i < formats.Length; i++)
        {
            if (!frames[i].IsEmpty) formats[i].Encoder.Place(frames[i].Span, log.Last, log.LastTime);
        }
        foreach (var member in room.Fanout.Members)
        {
            if (member.LeftOut == 0) continue;
            ref readonly var frame = ref frames[member.Format];
            if (member.IsLive && !frame.IsEmpty && !batch.DeliverIfItFits(member.Peer, frame)) room.Publisher.HasLeftOut = true;
            else member.LeftOut = 0;
        }
    }

    private bool Hand(Membership member, in Step step, long upTo, in Frame frame, in Frame live, FlushBatch batch)
    {
        lock (gate)
        {
            if (member.IsGone || member.IsLive || member.Cursor != step.After) return false;
            // It lost the right while the page was read.
            if (step.Mark is null && !member.MayReadAfter(step.After)) return true;
            // What finds no place now is asked for again when the outbox has drained.
            if (!frame.IsEmpty && !batch.DeliverIfItFits(member.Peer, frame)) return false;
            member.Cursor = upTo;
            if (step.Mark is { } mark)
            {
                if (mark.Keys is not null) member.ChangesAfter = mark.KeysAt;
                return true;
            }
            if (upTo < log.Last) return true;
            if (!live.IsEmpty && !batch.DeliverIfItFits(member.Peer, live)) return false;
            member.IsLive = true;
            return false;
        }
    }

    /// <summary>The page as one frame: made once for all who read the same.</summary>
    private Frame Encode(Page page, Membership member)
    {
        var encoder = member.Peer.Encoder;
        var (presence, state) = WantedBehind(member, page.After);
        var leavesOwnOut = LeavesOwnOut(member);
        var isShared = !leavesOwnOut
            && (page.After >= member.ChangesAfter || page.UpTo <= member.ChangesAfter)
            && !page.Entries.Any(static entry => entry.Except is not null);
        var frames = new List<Frame>(page.Entries.Count);
        foreach (var entry in page.Entries)
        {
            if (entry.Kind == EntryKind.Message)
            {
                if (IsFor(entry, member.Peer) && !(leavesOwnOut && entry.Author?.Id == member.Peer.Author.Id))
                    frames.Add(Encode(entry, encoder));
            }
            else if (entry.Offset > member.ChangesAfter && member.Wants(entry.Kind))
            {
                frames.Add(Encode(entry, encoder));
            }
        }
        var whole = Frame.Join(frames);
        if (!isShared || whole.IsEmpty) return whole;
        lock (gate) (pages ??= new PageCache()).Add(page.After, page.UpTo, encoder, presence, state, whole);
        return whole;
    }

    /// <summary>The entry; empty, where the format cannot write it: that costs its readers this entry, and not what is behind it.</summary>
    private Frame Encode(Entry entry, IMessageEncoder encoder)
    {
        try
        {
            return entry.Kind == EntryKind.Message ? encoder.Encode(entry.ToMessage(room)) : encoder.Encode(room, entry);
        }
        catch (Exception exception)
        {
            RulesLog.EntrySkipped(room.Hub.Logger, entry.Offset, room.Name, encoder.GetType().Name, exception);
            return default;
        }
    }

    /// <summary>A page of what is kept behind an offset, and up to where removals were forgotten when it was read.</summary>
    /// <param name="after">Behind which offset.</param>
    /// <param name="most">Most entries.</param>
    /// <param name="mostBytes">Most bytes of more than one.</param>
    /// <param name="withKeys">Whether changes of keys are to be in it.</param>
    /// <param name="forgotten">Up to where the reader has no use for removals; null where it knows no keys yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async ValueTask<(EntryPage Page, long? Forgotten)> ReadAsync(
        long after, int most, long mostBytes, bool withKeys, long? forgotten, CancellationToken cancellationToken)
    {
        var entries = new List<Entry>();
        var (from, upTo, isGap) = (after, after, false);
        var (count, bytes) = (0, 0L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long head;
            Page? page;
            lock (gate)
            {
                head = log.Last;
                if (IsGap_NeedsLock(upTo))
                {
                    // A gap behind what was read so far is told with the next page.
                    if (count > 0) return End(hasMore: true);
                    from = upTo = Oldest_NeedsLock;
                    isGap = true;
                }
                page = upTo < log.Trimmed ? null : log.Read(upTo, withKeys);
            }
            page ??= await ReadStoreAsync(upTo, withKeys, cancellationToken);
            if (page is null) continue;
            forgotten ??= page.Forgotten;
            isGap |= page.Forgotten > Math.Max(forgotten.Value, upTo);
            forgotten = page.Forgotten;
            foreach (var entry in page.Entries)
            {
                if (count == most || (count > 0 && bytes + entry.Size > mostBytes)) return End(hasMore: true);
                count++;
                bytes += entry.Size;
                upTo = entry.Offset;
                if (entry.Except is null) entries.Add(entry);
            }
            upTo = page.UpTo;
            if (upTo >= head) return End(hasMore: false);
            if (count == most) return End(hasMore: true);
        }

        (EntryPage Page, long? Forgotten) End(bool hasMore) => (new EntryPage(entries, At(from), At(upTo), isGap, hasMore), forgotten);
    }

    // What was handed out before the store is asked is in its answer, and nothing else is taken from it: it may be ahead of the room.
    // Null, where retention has taken some of it meanwhile.
    private async ValueTask<Page?> ReadStoreAsync(long after, bool withKeys, CancellationToken cancellationToken = default)
    {
        long head;
        lock (gate) head = log.Last;
        var messages = await room.Store!.ReadAfterAsync(after, RoomLog.PageEntries, RoomLog.PageBytes, cancellationToken);
        var isAll = messages.Count < RoomLog.PageEntries && messages.Sum(static message => message.Size) <= RoomLog.PageBytes;
        var upTo = isAll ? head : Math.Min(head, messages[^1].Offset);
        lock (gate)
            return IsGap_NeedsLock(after) ? null : log.Merge(after, upTo, [.. messages.Where(message => message.Offset <= upTo)], withKeys);
    }

    /// <summary>Puts what the store has before what memory had. True, when there is more.</summary>
    private static async ValueTask<bool> AddOlderAsync(
        IRoomStore store, List<Entry> entries, long before, int most, long mostBytes, CancellationToken cancellationToken)
    {
        var bytes = entries.Sum(static entry => entry.Size);
        var end = entries.Count > 0 ? entries[0].Offset : before;
        // One more tells whether there are more.
        var older = await store.ReadBeforeAsync(end, most + 1 - entries.Count, Math.Max(0, mostBytes - bytes), cancellationToken);
        var first = older.Count;
        while (first > 0 && entries.Count + older.Count - first < most)
        {
            bytes += older[first - 1].Size;
            if (bytes > mostBytes && entries.Count + older.Count > first) break;
            first--;
        }
        entries.InsertRange(0, older.Skip(first));
        // One that is too large by itself came alone, whatever is before it.
        return first > 0 || (older.Count == 1 && bytes > mostBytes && older[0].Offset - 1 > store.Trimmed);
    }

    private bool IsGap_NeedsLock(long after) => after < Oldest_NeedsLock || after > log.Last;

    private static bool IsKeyGap(Membership member, Page page) => page.Forgotten > Math.Max(page.After, member.ChangesAfter);

    private static (bool Presence, bool State) WantedBehind(Membership member, long after) =>
        after >= member.ChangesAfter ? (member.Request.Presence, member.Request.State) : (false, false);

    // A format that tells neither position nor author: what the peer has said since its join would come back as if another had said it.
    private bool LeavesOwnOut(Membership member) => !member.Peer.Encoder.CarriesPosition && !room.Echo && member.Peer.MessagesIn > 0;

    // Who cannot prove to be the author that was excepted does not see what has an audience.
    private static bool IsFor(Entry entry, Peer peer) =>
        entry.Except is not { } except || (peer.HasSession && !except.Contains(peer.Author.Id));

    private IReadOnlyList<Entry> Keys_NeedsLock(Membership member) =>
    [
        .. member.Request.Presence ? log.Keys.List(EntryKind.Presence) : [],
        .. member.Request.State ? log.Keys.List(EntryKind.State) : [],
    ];

    private Position At(long offset) => new(log.Epoch, offset);

    private static void ThrowIfNoBounds(int most, long mostBytes)
    {
        if (most is < 1 or > MostEntries)
            throw new ArgumentOutOfRangeException(nameof(most), most, $"A page has 1 to {MostEntries} entries.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostBytes);
    }

    private readonly record struct Step(long After, long UpTo)
    {
        public RoomMark? Mark { get; init; }

        public Page? Page { get; init; }

        public Frame Cached { get; init; }

        /// <summary>The room's last entry when the page was found.</summary>
        public long Head { get; init; }
    }
}
