namespace Kodama;

/// <summary>
/// Gives a member that catches up what is kept, page by page, until it is live: the way there is encoded without the room's lock, and the
/// last step is taken under it. A view: it holds nothing of its own.
/// </summary>
internal readonly struct MemberFeed(Membership member)
{
    private Room Room => member.Room;

    private RoomLog Log => member.Room.Log;

    private RoomHistory History => member.Room.History;

    private IMessageEncoder Encoder => member.Peer.Encoder;

    // A format that tells neither position nor author: what the peer has said since its join would come back as if another had said it.
    private bool LeavesOwnOut => member.Request.Own switch
    {
        true => false,
        false => true,
        null => !Encoder.CarriesPosition && !Room.Echo && member.Peer.MessagesIn > 0,
    };

    /// <summary>Says where the member, which has just come, begins, and answers its join.</summary>
    /// <param name="request">How it wants to be here.</param>
    /// <param name="found">Behind which offset it begins, where that was asked of an engine.</param>
    public Joined Begin_NeedsLock(JoinRequest request, long? found)
    {
        var (start, head) = (request.Start, Log.Last);
        var (cursor, isGap) = History.Begin_NeedsLock(start, found, member.Rights.HasFlag(RoomRights.History));
        member.Cursor = cursor;
        member.JoinedAt = head;
        var knowsKeys = start.Position is not null && !request.Lists && !isGap && !Log.IsKeyGap(cursor);
        member.ChangesAfter = knowsKeys ? cursor : head;
        if (cursor == head) member.GoLive();
        var keys = member.WantsKeys && member.ChangesAfter == head && cursor <= head ? Keys_NeedsLock() : null;
        return new Joined(JoinResult.Joined, Room, Log.At(cursor), isGap, keys, head) { Membership = member };
    }

    /// <summary>Gives it what comes next, or makes it live. True, when there is more for it to get at once.</summary>
    public async ValueTask<bool> NextAsync(FlushBatch batch)
    {
        if (FindNext() is not { } step) return false;
        if (step.IsHole && !Encoder.TellsGaps)
        {
            // Nothing in its format could tell it.
            member.Peer.Disconnect(CloseReason.TooSlow);
            return false;
        }
        if (step.Page is null && step.Mark is null && step.Cached.IsEmpty)
        {
            // Retention has overtaken it, or keys were forgotten that it knows: it is told in the next step.
            if (await History.ReadStoreAsync(step.After, member.WantsKeys) is not { } page || IsKeyGap(page)) return true;
            step = step with { Page = page };
        }
        var frame = step.Mark is { } mark ? Encoder.Encode(mark) : step.Cached.IsEmpty ? Encode(step.Page!, step) : step.Cached;
        var upTo = step.Page?.UpTo ?? step.UpTo;
        var live = default(Frame);
        try
        {
            // The head was there when the page was made: one that ends before it is not the last.
            if (step.Mark is null && upTo >= step.Head) live = Encoder.Encode(new RoomMark(Room, Log.At(upTo), IsLive: true));
            return Hand(step, upTo, frame, live, batch);
        }
        finally
        {
            frame.Release();
            live.Release();
        }
    }

    /// <summary>What the member is to get next; null, when that is nothing.</summary>
    private Step? FindNext()
    {
        lock (Room.Gate)
        {
            if (!member.IsCatchingUp) return null;
            var after = member.Cursor;
            var isBarred = !member.MayReadAfter(after);
            if (member.Moved is { } moved)
            {
                var to = Math.Max(moved.To, isBarred ? Math.Max(member.JoinedAt, History.Oldest_NeedsLock) : History.Oldest_NeedsLock);
                var mark = Mark_NeedsLock(to, gap: moved.IsGap || to > moved.To ? after : null) with { IsMoved = true };
                return new Step(Log.Epoch, after, to) { Mark = mark };
            }
            if (isBarred || History.IsGap_NeedsLock(after))
            {
                var next = isBarred ? Math.Max(member.JoinedAt, History.Oldest_NeedsLock) : History.Oldest_NeedsLock;
                return new Step(Log.Epoch, after, next) { Mark = Mark_NeedsLock(next, gap: after), IsHole = !isBarred };
            }
            if (member.WantsKeys && Log.IsKeyGap(Math.Max(after, member.ChangesAfter)))
                return new Step(Log.Epoch, after, after) { Mark = Mark_NeedsLock(after, gap: null) };
            var (presence, state) = WantedBehind(after);
            var key = new PageKey(after, Encoder, presence, state);
            if (IsShared && Room.Pages is { } pages && pages.TryGet(key, Log.Last, out var cached, out var upTo))
            {
                if (after >= member.ChangesAfter || upTo <= member.ChangesAfter)
                    return new Step(Log.Epoch, after, upTo) { Cached = cached, Head = Log.Last };
                cached.Release();
            }
            var page = after < Log.Trimmed ? null : Log.Read(after, member.WantsKeys);
            return new Step(Log.Epoch, after, after) { Page = page, Head = Log.Last };
        }
    }

    private bool Hand(in Step step, long upTo, in Frame frame, in Frame live, FlushBatch batch)
    {
        lock (Room.Gate)
        {
            if (!member.IsCatchingUp || member.Cursor != step.After) return false;
            // The log is another since: what was made of the one before is of no use.
            if (step.Epoch != Log.Epoch) return true;
            // It lost the right while the page was read.
            if (step.Mark is null && !member.MayReadAfter(step.After)) return true;
            // What finds no place now is asked for again when the outbox has drained.
            if (!frame.IsEmpty && !batch.DeliverIfItFits(member.Peer, frame)) return false;
            member.Cursor = upTo;
            if (step.Mark is { } mark)
            {
                member.Moved = null;
                if (mark.Keys is not null) member.ChangesAfter = mark.KeysAt;
                return true;
            }
            if (upTo < Log.Last) return true;
            if (!live.IsEmpty && !batch.DeliverIfItFits(member.Peer, live)) return false;
            member.GoLive();
            return false;
        }
    }

    /// <summary>The page as one frame: made once for all who read the same.</summary>
    private Frame Encode(Page page, in Step step)
    {
        var (presence, state) = WantedBehind(page.After);
        var leavesOwnOut = LeavesOwnOut;
        var isShared = IsShared
            && (page.After >= member.ChangesAfter || page.UpTo <= member.ChangesAfter)
            && !page.Entries.Any(static entry => entry.Except is not null);
        var frames = new List<Frame>(page.Entries.Count);
        foreach (var entry in page.Entries)
        {
            var isFor = entry.Kind == EntryKind.Message
                ? member.Wants(entry.Kind) && IsForMember(entry) && !(leavesOwnOut && entry.Author?.Id == member.Peer.Author.Id)
                : entry.Offset > member.ChangesAfter && member.Wants(entry.Kind);
            if (isFor) frames.Add(Encode(entry));
        }
        var whole = Frame.Join(frames);
        if (!isShared || whole.IsEmpty) return whole;
        lock (Room.Gate)
        {
            if (step.Epoch != Log.Epoch) return whole;
            Room.Pages ??= new PageCache(Room.Hub.PageBudget);
            Room.Pages.Add(new(page.After, Encoder, presence, state), page.UpTo, isWhole: page.UpTo < step.Head, whole);
        }
        return whole;
    }

    /// <summary>The entry; empty, where the format cannot write it: that costs its readers this entry, and not what is behind it.</summary>
    private Frame Encode(Entry entry)
    {
        if (entry.Note is { IsAside: true } && !Encoder.ReadsNotes) return default;
        try
        {
            return entry.Kind == EntryKind.Message ? Encoder.EncodeKept(entry.ToMessage(Room)) : Encoder.Encode(Room, entry);
        }
        catch (Exception exception)
        {
            RoomsLog.EntrySkipped(Room.Hub.Logger, entry.Offset, Room.Name, Encoder.GetType().Name, exception);
            return default;
        }
    }

    private RoomMark Mark_NeedsLock(long upTo, long? gap) => member.WantsKeys
        ? new RoomMark(Room, Log.At(upTo), gap, Keys: Keys_NeedsLock(), KeysAt: Log.Last)
        : new RoomMark(Room, Log.At(upTo), gap);

    private IReadOnlyList<Entry> Keys_NeedsLock() =>
    [
        .. member.Request.Presence ? Log.Keys.List(EntryKind.Presence) : [],
        .. member.Request.State ? Log.Keys.List(EntryKind.State) : [],
    ];

    // Whether it reads what others read who stand where it does.
    private bool IsShared => !LeavesOwnOut && member.Request.Messages;

    private bool IsKeyGap(Page page) => page.Forgotten > Math.Max(page.After, member.ChangesAfter);

    /// <summary>Gives the member other things from now on, and answers members and state where it is told of them.</summary>
    public Joined Change_NeedsLock(bool messages, bool presence)
    {
        var head = Log.Last;
        member.Request = member.Request.With(messages, presence);
        if (member.WantsKeys) member.ChangesAfter = head;
        var keys = member.WantsKeys ? Keys_NeedsLock() : null;
        var has = member.IsLive ? head : member.Moved?.To ?? member.Cursor;
        return new Joined(JoinResult.AlreadyIn, Room, Log.At(has), false, keys, head) { Membership = member };
    }

    private (bool Presence, bool State) WantedBehind(long after) =>
        after >= member.ChangesAfter ? (member.Request.Presence, member.Request.State) : (false, false);

    // Who cannot prove to be the author that was excepted does not see what has an audience.
    private bool IsForMember(Entry entry) =>
        entry.Except is not { } except || (member.Peer.HasSession && !except.Contains(member.Peer.Author.Id));

    private readonly record struct Step(string Epoch, long After, long UpTo)
    {
        public RoomMark? Mark { get; init; }

        /// <summary>Whether it should have got what is gone.</summary>
        public bool IsHole { get; init; }

        public Page? Page { get; init; }

        public Frame Cached { get; init; }

        /// <summary>The room's last entry when the page was found.</summary>
        public long Head { get; init; }
    }
}
