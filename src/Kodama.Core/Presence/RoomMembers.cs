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

    // Made for the first: most rooms have no members.
    private Dictionary<string, MemberOwner>? owners;

    internal RoomMembers(Room room) => this.room = room;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (room.Gate) return room.Log.HasKeys ? room.Log.Keys.Members : 0;
        }
    }

    /// <summary>The members at the head.</summary>
    public MemberList List()
    {
        lock (room.Gate)
        {
            var entries = room.Log.HasKeys ? room.Log.Keys.List(EntryKind.Presence) : [];
            return new MemberList(
                entries.ConvertAll(static entry => new Member(entry.Author!, entry.Payload, entry.Offset, entry.Time)), new Position(room.Epoch, room.Log.Last));
        }
    }

    /// <summary>
    /// Makes a peer a member, or gives its member other data: JSON, at most <see cref="MaxData"/> bytes. The same data again changes
    /// nothing.
    /// </summary>
    public PublishResult Enter(Peer peer, Payload data, PublishId? id = null)
    {
        using var batch = FlushBatch.Rent();
        return Enter(peer, data, batch, id);
    }

    /// <inheritdoc cref="Enter(Peer, Payload, PublishId?)"/>
    /// <remarks>For doors: with the batch of what one read has brought in.</remarks>
    public PublishResult Enter(Peer peer, Payload data, FlushBatch batch, PublishId? id = null)
    {
        if (Refuse(peer, data, out var membership) is { } refusal) return refusal;
        var author = peer.Author;
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
            Payload = data.ToOwned(),
            IsBound = true,
        };
        return room.Publisher.Publish(entry, () => CheckEnter_NeedsLock(membership!, entry), batch, id);
    }

    /// <summary>Takes a peer's member out. Does nothing where there is none, or it is another connection's by now.</summary>
    public PublishResult Leave(Peer peer)
    {
        using var batch = FlushBatch.Rent();
        return Leave(peer, batch);
    }

    /// <inheritdoc cref="Leave(Peer)"/>
    public PublishResult Leave(Peer peer, FlushBatch batch)
    {
        lock (room.Gate)
        {
            if (owners is null || !owners.TryGetValue(peer.Author.Id, out var owner) || owner.Membership?.Peer != peer) return default;
            if (owner.BoundKeys.Count == 0) owners.Remove(peer.Author.Id);
        }
        return RemoveMember(peer.Author, batch);
    }

    /// <summary>The key goes with this peer's member. Called under the lock.</summary>
    internal void Bind_NeedsLock(Membership membership, string key) => OwnerOf_NeedsLock(membership).BoundKeys.Add(key);

    /// <summary>The key was set anew without a bond, or removed. Called under the lock.</summary>
    internal void Unbind_NeedsLock(string key)
    {
        if (owners is null) return;
        foreach (var owner in owners.Values) owner.BoundKeys.Remove(key);
    }

    /// <summary>
    /// The peer has left the room: what is its goes too, at once, or after a while if its connection broke and it may come back.
    /// </summary>
    internal void Left(Membership membership, CloseReason? reason)
    {
        var author = membership.Peer.Author;
        HashSet<string> keys;
        lock (room.Gate)
        {
            room.Publisher.Forget_NeedsLock(membership.Peer);
            if (owners is null || !owners.TryGetValue(author.Id, out var owner) || owner.Membership != membership) return;
            owner.Membership = null;
            if (membership.Peer.HasSession && reason is { MayComeBack: true } && room.Hub.Options.Log.PresenceGrace > TimeSpan.Zero)
            {
                owner.GraceUntil = room.Hub.Time.GetTimestamp() + (long)(room.Hub.Options.Log.PresenceGrace.TotalSeconds * room.Hub.Time.TimestampFrequency);
                room.Hub.Keeper.Wake();
                return;
            }
            owners.Remove(author.Id);
            keys = owner.BoundKeys;
        }
        RemoveAll(author, keys);
    }

    /// <summary>Takes out whose time to come back is over.</summary>
    internal void Expire(long now)
    {
        List<(Author Author, HashSet<string> Keys)> expired = [];
        lock (room.Gate)
        {
            if (owners is null) return;
            foreach (var (id, owner) in owners)
            {
                if (owner.Membership is not null || owner.GraceUntil > now) continue;
                expired.Add((room.Log.Keys.Find(EntryKind.Presence, id)?.Author ?? new Author(id, System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty), owner.BoundKeys));
                owners.Remove(id);
            }
        }
        foreach (var (author, keys) in expired) RemoveAll(author, keys);
    }

    /// <summary>Takes out members, and removes bound keys, of a life of the hub that is over.</summary>
    internal void RemoveLeftOver()
    {
        List<Entry> left;
        lock (room.Gate)
        {
            if (!room.Log.HasKeys) return;
            left = [.. room.Log.Keys.List(EntryKind.Presence), .. room.Log.Keys.List(EntryKind.State).Where(static entry => entry.IsBound)];
        }
        using var batch = FlushBatch.Rent();
        foreach (var entry in left) Remove(entry.Kind, entry.Key!, entry.Author, batch);
    }

    /// <summary>What could not be taken out is taken out later, unless its member has come back by then.</summary>
    internal void TryAgain_NeedsLock(Entry removal)
    {
        var id = removal.Author?.Id ?? removal.Key!;
        owners ??= new Dictionary<string, MemberOwner>(StringComparer.Ordinal);
        if (!owners.TryGetValue(id, out var owner)) owners[id] = owner = new MemberOwner();
        if (removal.Kind == EntryKind.State) owner.BoundKeys.Add(removal.Key!);
        room.Hub.Keeper.Wake();
    }

    private void RemoveAll(Author author, HashSet<string> keys)
    {
        using var batch = FlushBatch.Rent();
        RemoveMember(author, batch);
        foreach (var key in keys) Remove(EntryKind.State, key, author, batch);
    }

    private PublishResult RemoveMember(Author author, FlushBatch batch) => Remove(EntryKind.Presence, author.Id, author, batch);

    private PublishResult Remove(EntryKind kind, string key, Author? author, FlushBatch batch)
    {
        // Bound, as it is the hub that sees to it: what cannot be kept of it is tried again.
        var entry = new Entry { Kind = kind, Action = EntryAction.Remove, Key = key, Author = author, Event = "", IsBound = true };
        var result = room.Publisher.Publish(entry, () =>
            room.Publisher.Keys_NeedsLock.Find(kind, key) is null ? default(PublishResult) : null, batch);
        if (result.Code != RefusalCode.Busy) return result;
        lock (room.Gate) TryAgain_NeedsLock(entry);
        return result;
    }

    private MemberOwner OwnerOf_NeedsLock(Membership membership)
    {
        var id = membership.Peer.Author.Id;
        owners ??= new Dictionary<string, MemberOwner>(StringComparer.Ordinal);
        if (!owners.TryGetValue(id, out var owner)) owners[id] = owner = new MemberOwner();
        owner.Membership = membership;
        return owner;
    }

    private PublishResult? CheckEnter_NeedsLock(Membership membership, Entry entry)
    {
        if (membership.IsGone) return PublishResult.Refused(RefusalCode.NotJoined, $"The peer is not in room {room.Name}: join it first.");
        if (RefuseRights(membership) is { } refusal) return refusal;
        var existing = room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, entry.Key!);
        var (members, bytes) = room.Publisher.Keys_NeedsLock.Count(EntryKind.Presence);
        if (existing is null && members >= room.Hub.Options.Log.MaxMembers)
            return PublishResult.Refused(RefusalCode.Full, $"Room {room.Name} has {members} members, as many as it may.");
        if (bytes - (existing?.Size ?? 0) + entry.Size > room.Hub.Options.Log.MaxMemberBytes)
            return PublishResult.Refused(RefusalCode.Full, $"The members of room {room.Name} have as much data as they may.");
        if (KeyTable.RefuseGrowth(room.Hub, existing, entry) is { } full) return full;
        OwnerOf_NeedsLock(membership);
        return existing is not null && existing.Payload.Bytes.Span.SequenceEqual(entry.Payload.Bytes.Span)
            ? new PublishResult(existing.Pending is null ? existing.Offset : 0, 0) { Pending = existing.Pending?.Task }
            : null;
    }

    private PublishResult? Refuse(Peer peer, in Payload data, out Membership? membership)
    {
        membership = peer.Find(room);
        if (membership is null) return PublishResult.Refused(RefusalCode.NotJoined, $"The peer is not in room {room.Name}: join it first.");
        if (RefuseRights(membership) is { } refusal) return refusal;
        if (data.Length > MaxData) return PublishResult.Refused(RefusalCode.TooLarge, $"The data has {data.Length} bytes; a member's has at most {MaxData}.");
        return IsJson(data.Bytes.Span) ? null : PublishResult.Refused(RefusalCode.Invalid, $"The data is not JSON of at most {MaxDepth} levels.");
    }

    private PublishResult? RefuseRights(Membership membership) => membership.Rights.HasFlag(RoomRights.Presence)
        ? null
        : PublishResult.Refused(RefusalCode.NotAllowed, $"The rules of room {room.Name} do not grant presence.");

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
