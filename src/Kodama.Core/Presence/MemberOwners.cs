namespace Kodama;

/// <summary>
/// Whose members and bound keys are, and what becomes of them when their owners go: at once, or after a while where a connection broke.
/// </summary>
internal sealed class MemberOwners(Room room)
{
    private readonly Dictionary<string, MemberOwner> owners = new(StringComparer.Ordinal);
    private List<Entry> restoring = [];

    /// <summary>This connection's end is that of its author's bound keys, and of its member.</summary>
    public MemberOwner Own_NeedsLock(Membership membership)
    {
        var owner = OwnerOf_NeedsLock(membership.Peer.Author.Id);
        (owner.Membership, owner.GraceUntil) = (membership, 0);
        return owner;
    }

    /// <summary>What could not be taken out is taken out later, unless its author has come back by then.</summary>
    public void TryAgain_NeedsLock(Entry removal)
    {
        OwnerOf_NeedsLock(removal.Author!.Id);
        room.Hub.Keeper.Wake();
    }

    /// <summary>Whose it was before it came back is its again: members too that it does not enter anew.</summary>
    public void TakeOver_NeedsLock(Membership membership)
    {
        if (owners.ContainsKey(membership.Peer.Author.Id)) Own_NeedsLock(membership);
    }

    /// <summary>Takes a peer's member out, and leaves its bound keys. Does nothing where it is another connection's by now.</summary>
    public PublishResult Exit(Peer peer, string key, FlushBatch batch, Note? note = null)
    {
        Entry? member;
        lock (room.Gate)
        {
            if (owners.GetValueOrDefault(peer.Author.Id) is not { } owner || owner.Membership?.Peer != peer) return default;
            member = room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, key);
            if (member?.Author?.Id != peer.Author.Id) return default;
            owner.Exit(key);
        }
        return Remove(member, batch, isTakenBack: false, note);
    }

    /// <summary>Takes all members of a peer out, and leaves its bound keys.</summary>
    public void ExitAll(Peer peer)
    {
        List<string> keys;
        lock (room.Gate)
        {
            var bound = room.Publisher.Keys_NeedsLock.BoundTo(peer.Author.Id);
            keys = [.. bound.Where(static entry => entry.Kind == EntryKind.Presence).Select(static entry => entry.Key!)];
        }
        using var batch = FlushBatch.Rent();
        foreach (var key in keys) Exit(peer, key, batch);
    }

    /// <summary>The peer has left the room: what is its goes too, unless its connection broke and it may come back.</summary>
    public void Left(Membership membership, CloseReason? reason)
    {
        var (author, grace) = (membership.Peer.Author.Id, membership.Peer.PresenceGrace ?? room.Hub.Options.Log.PresenceGrace);
        List<Entry> left;
        lock (room.Gate)
        {
            if (owners.GetValueOrDefault(author) is not { } owner || owner.Membership != membership) return;
            owner.Membership = null;
            if (membership.Peer.HasSession && reason is { MayComeBack: true } && grace > TimeSpan.Zero)
            {
                var time = room.Hub.Time;
                owner.GraceUntil = time.GetTimestamp() + (long)(grace.TotalSeconds * time.TimestampFrequency);
                room.Hub.Keeper.Wake();
                return;
            }
            owners.Remove(author);
            left = room.Publisher.Keys_NeedsLock.BoundTo(author);
        }
        Remove(left);
    }

    /// <summary>Takes out whose time to come back is over, and who could not be taken out before.</summary>
    public void Expire(long now)
    {
        List<Entry> expired = [];
        lock (room.Gate)
        {
            foreach (var (author, owner) in owners)
            {
                if (owner.GraceUntil > now) continue;
                if (owner.Membership is null)
                {
                    expired.AddRange(room.Publisher.Keys_NeedsLock.BoundTo(author));
                    owners.Remove(author);
                }
                else
                {
                    foreach (var key in owner.Exited ?? [])
                    {
                        if (room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, key) is { } member) expired.Add(member);
                    }
                }
            }
        }
        Remove(expired);
        if (restoring.Count > 0) RestoreAgain();
    }

    private void RestoreAgain()
    {
        List<Entry> missing;
        lock (room.Gate)
        {
            var keys = room.Publisher.Keys_NeedsLock;
            restoring.RemoveAll(entry => !keys.IsUndecided(entry.Kind, entry.Key!) && !MayRestore_NeedsLock(entry, all: false));
            missing = [.. restoring];
        }
        Enter(missing, all: false);
    }

    /// <summary>What is of those who are here by a connection.</summary>
    public List<Entry> Held_NeedsLock()
    {
        List<Entry> held = [];
        foreach (var (author, owner) in owners)
        {
            if (owner.Membership is null) continue;
            held.AddRange(room.Publisher.Keys_NeedsLock.BoundTo(author).Where(entry => IsHeld(owner, entry)));
        }
        return held;
    }

    /// <summary>What a removal takes out, where that is one of these.</summary>
    public Entry? FindHeld_NeedsLock(Entry removal)
    {
        if (removal.Author is null || owners.GetValueOrDefault(removal.Author.Id) is not { } owner) return null;
        return room.Log.Keys.Last(removal.Kind, removal.Key!) is { IsBound: true } entry && entry.Author?.Id == removal.Author.Id
            && IsHeld(owner, entry) ? entry : null;
    }

    /// <summary>Enters and sets again what is gone of these.</summary>
    public void Restore(List<Entry> own, bool all)
    {
        if (own.Count == 0) return;
        // Until they are there: what could not be kept now is tried again.
        lock (room.Gate) restoring = [.. restoring.Concat(own).Distinct()];
        room.Hub.Keeper.Wake();
        Enter(own, all);
    }

    private void Enter(List<Entry> own, bool all)
    {
        using var batch = FlushBatch.Rent();
        foreach (var entry in own)
        {
            var again = new Entry
            {
                Kind = entry.Kind,
                Action = entry.Kind == EntryKind.Presence ? EntryAction.Enter : entry.Action,
                Key = entry.Key,
                Author = entry.Author,
                Event = "",
                Payload = entry.Payload,
                Note = entry.Note,
                IsBound = true,
            };
            var change = new KeyChange(again) { Check = () => MayRestore_NeedsLock(again, all) ? null : default(PublishResult) };
            room.Publisher.Publish(change, batch);
        }
    }

    /// <summary>Takes these out: members and bound keys whose authors have gone.</summary>
    public void Remove(List<Entry> bound)
    {
        if (bound.Count == 0) return;
        using var batch = FlushBatch.Rent();
        foreach (var entry in bound) Remove(entry, batch);
    }

    private PublishResult Remove(Entry bound, FlushBatch batch, bool isTakenBack = true, Note? note = null)
    {
        var removal = new Entry
        {
            Kind = bound.Kind,
            Action = EntryAction.Remove,
            Key = bound.Key,
            Author = bound.Author,
            Event = "",
            // Formats with names tell as what somebody has left.
            Payload = bound.Kind == EntryKind.Presence && MemberRole.NameIn(bound.Key!, bound.Author!.Id) is not null
                ? bound.Payload
                : default,
            Note = note ?? bound.Note,
            // The hub's own removal is bound: what it takes back may be published anew under its id, and what its author ended may not.
            IsBound = isTakenBack,
        };
        var change = new KeyChange(removal) { Check = () => MayRemove_NeedsLock(removal) ? null : default(PublishResult) };
        var result = room.Publisher.Publish(change, batch);
        if (result.Code != RefusalCode.Busy) return result;
        lock (room.Gate) TryAgain_NeedsLock(removal);
        return result;
    }

    private static bool IsHeld(MemberOwner owner, Entry entry) =>
        owner.Membership is { IsGone: false } && entry is { IsBound: true, Action: not EntryAction.Remove }
            && !(entry.Kind == EntryKind.Presence && owner.Exited?.Contains(entry.Key!) == true);

    private bool MayRestore_NeedsLock(Entry again, bool all) =>
        owners.GetValueOrDefault(again.Author!.Id) is { } owner && IsHeld(owner, again)
            && room.Publisher.Keys_NeedsLock.Find(again.Kind, again.Key!) is var last
            && (last is null || (all && again.Kind == EntryKind.Presence));

    /// <summary>Whether what goes with an author is its still, and the author has not come back since it was decided.</summary>
    private bool MayRemove_NeedsLock(Entry removal)
    {
        var author = removal.Author!.Id;
        var last = room.Publisher.Keys_NeedsLock.Kept(removal.Kind, removal.Key!);
        if (last is not { IsBound: true } || last.Author?.Id != author) return false;
        if (last.IsLeftOver) return true;
        if (owners.GetValueOrDefault(author) is not { Membership: not null } owner) return true;
        return removal.Kind == EntryKind.Presence && owner.Exited?.Contains(removal.Key!) == true;
    }

    private MemberOwner OwnerOf_NeedsLock(string author)
    {
        if (!owners.TryGetValue(author, out var owner)) owners[author] = owner = new MemberOwner();
        return owner;
    }
}
