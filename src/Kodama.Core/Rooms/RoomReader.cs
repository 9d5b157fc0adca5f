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

    /// <summary>Says where a member that has just come begins, and answers its join.</summary>
    public void Place_NeedsLock(Membership member)
    {
        var start = member.Request.Start;
        var (cursor, isGap) = Begin_NeedsLock(start, member.Rights.HasFlag(RoomRights.History));
        var changesAfter = start.Position is not null && !isGap && !log.IsKeyGap(cursor) ? cursor : log.Last;
        member.Cursor = cursor;
        member.JoinedAt = log.Last;
        member.ChangesAfter = changesAfter;
        member.IsLive = !member.IsHeld && cursor == log.Last;
        var keys = member.WantsKeys && changesAfter == log.Last && cursor <= log.Last ? Keys_NeedsLock(member) : null;
        member.Joined = new Joined(JoinResult.Joined, room, new Position(log.Epoch, cursor), isGap, keys, log.Last) { Membership = member };
    }

    /// <summary>Gives a member that catches up what comes next, or makes it live. True, when there is more for it to get at once.</summary>
    public async ValueTask<bool> FeedAsync(Membership member, FlushBatch batch)
    {
        if (Next(member) is not { } step) return false;
        var encoder = member.Peer.Encoder;
        if (step.Page is null && step.Mark is null && step.Cached.IsEmpty)
        {
            // Retention has overtaken it: it is told a gap in the next step.
            if (await ReadStoreAsync(step.After) is not { } page) return true;
            step = step with { Page = page };
        }
        var frame = step.Mark is { } mark ? encoder.Encode(mark) : step.Cached.IsEmpty ? Encode(step.Page!, member) : step.Cached;
        var upTo = step.Page?.UpTo ?? step.UpTo;
        var live = encoder.Encode(new RoomMark(room, new Position(log.Epoch, upTo), IsLive: true));
        try
        {
            return Hand(member, step.After, upTo, frame, live, step.Mark is not null, batch);
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
        lock (gate) (after, isGap) = Begin_NeedsLock(start, readsPast: true);
        while (true)
        {
            var page = await ReadAfterAsync(after, RoomLog.PageEntries, cancellationToken);
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

    /// <summary>What is kept behind an offset.</summary>
    public async ValueTask<EntryPage> ReadAfterAsync(long after, int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ThrowIfNotCount(most);
        bool isGap;
        lock (gate)
        {
            isGap = IsGap_NeedsLock(after);
            if (isGap) after = Oldest_NeedsLock;
        }
        var entries = new List<Entry>();
        var upTo = after;
        var from = At(after);
        while (true)
        {
            if ((ReadMemory(upTo, out var last) ?? await ReadStoreAsync(upTo, cancellationToken)) is not { } page)
            {
                if (entries.Count > 0) return new EntryPage(entries, At(upTo), isGap, HasMore: true);
                isGap = true;
                lock (gate) upTo = Oldest_NeedsLock;
                continue;
            }
            foreach (var entry in page.Entries)
            {
                if (entries.Count == most) return new EntryPage(entries, At(upTo), isGap, HasMore: true) { From = from };
                upTo = entry.Offset;
                if (entry.Except is null) entries.Add(entry);
            }
            upTo = page.UpTo;
            if (upTo >= last) return new EntryPage(entries, At(upTo), isGap, HasMore: false) { From = from };
            if (entries.Count == most) return new EntryPage(entries, At(upTo), isGap, HasMore: true) { From = from };
        }
    }

    /// <summary>The newest messages before an offset.</summary>
    public async ValueTask<EntryPage> ReadBeforeAsync(long before, int most, CancellationToken cancellationToken)
    {
        ThrowIfNotCount(most);
        List<Entry> entries;
        IRoomStore? store;
        long oldest;
        long last;
        lock (gate)
        {
            last = log.Last;
            before = Math.Clamp(before, 1, last + 1);
            // One more tells whether there are more.
            entries = log.ReadBefore(before, most + 1);
            store = room.Store;
            oldest = Oldest_NeedsLock;
        }
        if (store is not null && entries.Count <= most)
        {
            var older = await store.ReadBeforeAsync(entries.Count > 0 ? entries[0].Offset : before, most + 1 - entries.Count, cancellationToken);
            entries.InsertRange(0, older);
        }
        var hasMore = entries.Count > most;
        if (hasMore) entries.RemoveAt(0);
        var from = entries.Count > 0 ? entries[0].Offset - 1 : Math.Min(oldest, before - 1);
        IReadOnlyList<Entry> forAll = [.. entries.Where(static entry => entry.Except is null)];
        return new EntryPage(forAll, At(before - 1), !hasMore && oldest > 0, hasMore) { From = At(from) };
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
            if (member.WantsKeys && after >= member.ChangesAfter && log.IsKeyGap(after)) return new Step(after, after) { Mark = Mark_NeedsLock(member, after, gap: null) };
            var (presence, state) = WantedBehind(member, after);
            if (pages is not null && !LeavesOwnOut(member) && pages.TryGet(
                after, member.Peer.Encoder, presence, state, out var cached, out var upTo))
            {
                if (after >= member.ChangesAfter || upTo <= member.ChangesAfter) return new Step(after, upTo) { Cached = cached };
                cached.Release();
            }
            return new Step(after, after) { Page = after < log.Trimmed ? null : log.Read(after) };
        }
    }

    /// <summary>Behind which offset somebody begins, and whether entries behind its position are gone.</summary>
    private (long Cursor, bool IsGap) Begin_NeedsLock(Start start, bool readsPast)
    {
        if (start.Position is { } position)
        {
            var isGap = !readsPast || position.Epoch != log.Epoch || IsGap_NeedsLock(position.Offset);
            return (!isGap ? position.Offset : readsPast ? Oldest_NeedsLock : log.Last, isGap);
        }
        if (start.IsLive || !readsPast) return (log.Last, false);
        return (start.Messages is { } messages ? log.OffsetBefore(messages) : log.OffsetBefore(start.Time!.Value), false);
    }

    private RoomMark Mark_NeedsLock(Membership member, long upTo, long? gap)
    {
        if (!member.WantsKeys) return new RoomMark(room, At(upTo), gap);
        member.ChangesAfter = log.Last;
        return new RoomMark(room, At(upTo), gap, Keys: Keys_NeedsLock(member), KeysAt: log.Last);
    }

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

    private bool Hand(Membership member, long after, long upTo, in Frame frame, in Frame live, bool isMark, FlushBatch batch)
    {
        lock (gate)
        {
            if (member.IsGone || member.IsLive || member.Cursor != after) return false;
            // It lost the right while the page was read.
            if (!isMark && !member.MayReadAfter(after)) return true;
            // What finds no place now is asked for again when the outbox has drained.
            if (!frame.IsEmpty && !batch.DeliverIfItFits(member.Peer, frame)) return false;
            member.Cursor = upTo;
            if (isMark || upTo < log.Last) return true;
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
                    frames.Add(encoder.Encode(entry.ToMessage(room)));
            }
            else if (entry.Offset > member.ChangesAfter && member.Wants(entry.Kind))
            {
                frames.Add(encoder.Encode(room, entry));
            }
        }
        var whole = Frame.Join(frames);
        if (!isShared || whole.IsEmpty) return whole;
        lock (gate) (pages ??= new PageCache()).Add(page.After, page.UpTo, encoder, presence, state, whole);
        return whole;
    }

    private Page? ReadMemory(long after, out long last)
    {
        lock (gate)
        {
            last = log.Last;
            return after >= log.Trimmed || room.Store is null ? log.Read(after) : null;
        }
    }

    // What was handed out before the store is asked is in its answer, and nothing else is taken from it: it may be ahead of the room.
    // Null, where retention has taken some of it meanwhile.
    private async ValueTask<Page?> ReadStoreAsync(long after, CancellationToken cancellationToken = default)
    {
        long head;
        lock (gate) head = log.Last;
        var messages = await room.Store!.ReadAfterAsync(after, RoomLog.PageEntries, cancellationToken);
        var upTo = messages.Count < RoomLog.PageEntries ? head : Math.Min(head, messages[^1].Offset);
        lock (gate) return IsGap_NeedsLock(after) ? null : log.Merge(after, upTo, [.. messages.Where(message => message.Offset <= upTo)]);
    }

    private bool IsGap_NeedsLock(long after) => after < Oldest_NeedsLock || after > log.Last;

    private static (bool Presence, bool State) WantedBehind(Membership member, long after) =>
        after >= member.ChangesAfter ? (member.Request.Presence, member.Request.State) : (false, false);

    // A format that tells neither position nor author: what the peer has said since its join would come back as if another had said it.
    private bool LeavesOwnOut(Membership member) => !member.Peer.Encoder.CarriesPosition && !room.Echo && member.Peer.MessagesIn > 0;

    // Who cannot prove to be the author that was excepted does not see what has an audience.
    private static bool IsFor(Entry entry, Peer peer) => entry.Except is not { } except || (peer.HasSession && !except.Contains(peer.Author.Id));

    private IReadOnlyList<Entry> Keys_NeedsLock(Membership member) =>
    [
        .. member.Request.Presence ? log.Keys.List(EntryKind.Presence) : [],
        .. member.Request.State ? log.Keys.List(EntryKind.State) : [],
    ];

    private Position At(long offset) => new(log.Epoch, offset);

    private static void ThrowIfNotCount(int most)
    {
        if (most is < 1 or > MostEntries) throw new ArgumentOutOfRangeException(nameof(most), most, $"A page has 1 to {MostEntries} entries.");
    }

    private readonly record struct Step(long After, long UpTo)
    {
        public RoomMark? Mark { get; init; }

        public Page? Page { get; init; }

        public Frame Cached { get; init; }
    }
}
