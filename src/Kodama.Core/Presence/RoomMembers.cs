using System.Text.Json;

namespace Kodama;

/// <summary>Who is present in a room, with data of their own (docs/specs/log.md, Presence). Thread-safe.</summary>
public sealed class RoomMembers
{
    /// <summary>Most bytes of a member's data.</summary>
    public const int MaxData = 4 * 1024;

    /// <summary>Most levels of a member's data.</summary>
    public const int MaxDepth = 32;

    private readonly Room room;
    private Dictionary<string, MemberOwner>? owners;

    internal RoomMembers(Room room) => this.room = room;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (room.Gate) return room.Log.HasKeys ? room.Log.Keys.MembersListed : 0;
        }
    }

    /// <summary>The members at the head.</summary>
    public MemberList List()
    {
        lock (room.Gate)
        {
            var entries = room.Log.HasKeys ? room.Log.Keys.List(EntryKind.Presence) : [];
            return new MemberList(
                entries.ConvertAll(static entry => new Member(entry.Author!, entry.Payload, entry.Offset, entry.Time)),
                new Position(room.Epoch, room.Log.Last));
        }
    }

    /// <summary>
    /// Makes a peer a member, or gives its member other data: JSON, at most <see cref="MaxData"/> bytes. The same data again changes
    /// nothing.
    /// </summary>
    public PublishResult Enter(Peer peer, Payload data, PublishId? id = null)
    {
        if (Refuse(peer, data, out var membership) is { } refusal) return refusal;
        using var batch = FlushBatch.Rent();
        return room.Publisher.Publish(Entering(membership!, data, id), batch);
    }

    /// <summary>
    /// For doors: a peer wants to enter, or to change its data. That passes the filters, like a message. The memory of the data is borrowed
    /// until the task ends.
    /// </summary>
    /// <param name="peer">A peer that is in the room.</param>
    /// <param name="data">JSON, at most <see cref="MaxData"/> bytes.</param>
    /// <param name="batch">Who got something.</param>
    /// <param name="id">What makes it idempotent.</param>
    /// <param name="cancellationToken">Cancels the filters; without one, <see cref="Peer.Disconnected"/> does.</param>
    public ValueTask<PublishResult> EnterAsync(
        Peer peer, Payload data, FlushBatch batch, PublishId? id = null, CancellationToken cancellationToken = default) =>
        Refuse(peer, data, out var membership) is { } refusal
            ? new(refusal)
            : room.Hub.Publishing.PublishAsync(room, Entering(membership!, data, id), peer, batch, cancellationToken);

    /// <summary>Takes a peer's member out. Does nothing where there is none, or it is another connection's by now.</summary>
    public PublishResult Leave(Peer peer)
    {
        using var batch = FlushBatch.Rent();
        return Leave(peer, batch);
    }

    /// <inheritdoc cref="Leave(Peer)"/>
    /// <remarks>For doors: with the batch of what one read has brought in.</remarks>
    public PublishResult Leave(Peer peer, FlushBatch batch)
    {
        Entry? member;
        lock (room.Gate)
        {
            if (owners?.GetValueOrDefault(peer.Author.Id) is not { } owner || owner.Membership?.Peer != peer) return default;
            owner.HasExited = true;
            member = room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, peer.Author.Id);
        }
        return member is null ? default : Remove(member, batch, isTakenBack: false);
    }

    /// <summary>This connection's end is that of its author's bound keys, and of its member. Called under the lock.</summary>
    internal MemberOwner Own_NeedsLock(Membership membership)
    {
        var owner = OwnerOf_NeedsLock(membership.Peer.Author.Id);
        (owner.Membership, owner.GraceUntil) = (membership, 0);
        return owner;
    }

    /// <summary>
    /// The peer has left the room: what is its goes too, at once, or after a while if its connection broke and it may come back.
    /// </summary>
    internal void Left(Membership membership, CloseReason? reason)
    {
        var author = membership.Peer.Author.Id;
        List<Entry> left;
        lock (room.Gate)
        {
            room.Publisher.Forget_NeedsLock(author);
            if (owners?.GetValueOrDefault(author) is not { } owner || owner.Membership != membership) return;
            owner.Membership = null;
            if (membership.Peer.HasSession && reason is { MayComeBack: true } && room.Hub.Options.Log.PresenceGrace > TimeSpan.Zero)
            {
                owner.GraceUntil = room.Hub.Time.GetTimestamp()
                    + (long)(room.Hub.Options.Log.PresenceGrace.TotalSeconds * room.Hub.Time.TimestampFrequency);
                room.Hub.Keeper.Wake();
                return;
            }
            owners.Remove(author);
            left = room.Publisher.Keys_NeedsLock.BoundTo(author);
        }
        Remove(left);
    }

    /// <summary>Takes out whose time to come back is over, and who could not be taken out before.</summary>
    internal void Expire(long now)
    {
        List<Entry> expired = [];
        lock (room.Gate)
        {
            if (owners is null) return;
            foreach (var (author, owner) in owners)
            {
                if (owner.GraceUntil > now) continue;
                if (owner.Membership is null)
                {
                    expired.AddRange(room.Publisher.Keys_NeedsLock.BoundTo(author));
                    owners.Remove(author);
                }
                else if (owner.HasExited && room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, author) is { } member)
                {
                    expired.Add(member);
                }
            }
        }
        Remove(expired);
    }

    /// <summary>Takes out members, and removes bound keys, of a life of the hub that is over. Nobody who comes sees them any more, though
    /// an engine may take its time to keep that.</summary>
    internal void RemoveLeftOver()
    {
        List<Entry> left;
        lock (room.Gate)
        {
            if (!room.Log.HasKeys) return;
            left = room.Log.Keys.LeaveOut();
        }
        Remove(left);
    }

    /// <summary>What could not be taken out is taken out later, unless its author has come back by then.</summary>
    internal void TryAgain_NeedsLock(Entry removal)
    {
        OwnerOf_NeedsLock(removal.Author!.Id);
        room.Hub.Keeper.Wake();
    }

    private void Remove(List<Entry> bound)
    {
        if (bound.Count == 0) return;
        using var batch = FlushBatch.Rent();
        foreach (var entry in bound) Remove(entry, batch);
    }

    private PublishResult Remove(Entry bound, FlushBatch batch, bool isTakenBack = true)
    {
        var removal = new Entry
        {
            Kind = bound.Kind,
            Action = EntryAction.Remove,
            Key = bound.Key,
            Author = bound.Author,
            Event = "",
            // The hub's own removal is bound: what it takes back may be published anew under its id, and what its author ended may not.
            IsBound = isTakenBack,
        };
        var change = new KeyChange(removal) { Check = () => MayRemove_NeedsLock(removal) ? null : default(PublishResult) };
        var result = room.Publisher.Publish(change, batch);
        if (result.Code != RefusalCode.Busy) return result;
        lock (room.Gate) TryAgain_NeedsLock(removal);
        return result;
    }

    /// <summary>Whether what goes with an author is its still, and the author has not come back since it was decided.</summary>
    private bool MayRemove_NeedsLock(Entry removal)
    {
        var author = removal.Author!.Id;
        var last = room.Publisher.Keys_NeedsLock.Kept(removal.Kind, removal.Key!);
        if (last is not { IsBound: true } || last.Author?.Id != author) return false;
        if (last.IsLeftOver) return true;
        if (owners?.GetValueOrDefault(author) is not { Membership: not null } owner) return true;
        return removal.Kind == EntryKind.Presence && owner.HasExited;
    }

    private MemberOwner OwnerOf_NeedsLock(string author)
    {
        owners ??= new(StringComparer.Ordinal);
        if (!owners.TryGetValue(author, out var owner)) owners[author] = owner = new MemberOwner();
        return owner;
    }

    private KeyChange Entering(Membership membership, Payload data, PublishId? id)
    {
        var author = membership.Peer.Author;
        Entry? existing;
        lock (room.Gate) existing = room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, author.Id);
        var entry = new Entry
        {
            Kind = EntryKind.Presence,
            Action = existing is null ? EntryAction.Enter : EntryAction.Update,
            Key = author.Id,
            Author = author,
            Event = "",
            Id = id?.Value,
            Payload = data,
            IsBound = true,
        };
        return new KeyChange(entry, id)
        {
            Check = () => CheckEnter_NeedsLock(membership, entry),
            TakeOver = () => Enter_NeedsLock(membership),
            Form = RefuseData,
        };
    }

    private void Enter_NeedsLock(Membership membership)
    {
        if (!membership.IsGone) Own_NeedsLock(membership).HasExited = false;
    }

    private PublishResult? CheckEnter_NeedsLock(Membership membership, Entry entry)
    {
        if (membership.IsGone) return PublishResult.NotJoined(room);
        if (RefuseRights(membership) is { } refusal) return refusal;
        var existing = room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, entry.Key!);
        var (members, bytes) = room.Publisher.Keys_NeedsLock.Count(EntryKind.Presence);
        if (existing is null && members >= room.Hub.Options.Log.MaxMembers)
            return PublishResult.Refused(RefusalCode.Full, $"Room {room.Name} has {members} members, as many as it may.");
        if (bytes - (existing?.Size ?? 0) + entry.Size > room.Hub.Options.Log.MaxMemberBytes)
            return PublishResult.Refused(RefusalCode.Full, $"The members of room {room.Name} have as much data as they may.");
        if (KeyTable.RefuseGrowth(room.Hub, existing, entry) is { } full) return full;
        Enter_NeedsLock(membership);
        return existing is not null && existing.Payload.Bytes.Span.SequenceEqual(entry.Payload.Bytes.Span)
            ? new PublishResult(existing.Pending is null ? existing.Offset : 0, 0) { Pending = existing.Pending?.Task }
            : null;
    }

    private PublishResult? Refuse(Peer peer, in Payload data, out Membership? membership)
    {
        membership = peer.Find(room);
        if (membership is null) return PublishResult.NotJoined(room);
        return RefuseRights(membership) ?? RefuseData(data);
    }

    private static PublishResult? RefuseData(Payload data)
    {
        if (data.Length > MaxData)
            return PublishResult.Refused(RefusalCode.TooLarge, $"The data has {data.Length} bytes; a member's has at most {MaxData}.");
        var wrong = !IsJson(data.Bytes.Span) ? $"The data is not JSON of at most {MaxDepth} levels."
            : !JsonEscapes.AreWhole(data.Bytes.Span) ? $"A string in the data holds half a character: {JsonEscapes.Rule}."
            : null;
        return wrong is null ? null : PublishResult.Refused(RefusalCode.Invalid, wrong);
    }

    private PublishResult? RefuseRights(Membership membership) => membership.Rights.HasFlag(RoomRights.Presence)
        ? null
        : PublishResult.NotGranted(room.Name, "presence");

    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
