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

    // Made when somebody enters or binds a key: most rooms have nobody who does.
    private MemberOwners? owners;

    internal RoomMembers(Room room) => this.room = room;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (room.Gate) return room.Log.HasKeys ? room.Log.Keys.MembersListed : 0;
        }
    }

    /// <summary>As what a peer is present, or null.</summary>
    public Member? Find(Peer peer, MemberRole role)
    {
        var key = role.KeyOf(peer.Author);
        lock (room.Gate)
            return room.Log.HasKeys && room.Log.Keys.Find(EntryKind.Presence, key) is { } entry ? ToMember(entry) : null;
    }

    /// <summary>The members at the head.</summary>
    public MemberList List()
    {
        lock (room.Gate)
        {
            var entries = room.Log.HasKeys ? room.Log.Keys.List(EntryKind.Presence) : [];
            return new MemberList(entries.ConvertAll(ToMember), new Position(room.Epoch, room.Log.Last));
        }
    }

    /// <summary>
    /// Makes a peer a member, or gives its member other data: JSON, at most <see cref="MaxData"/> bytes. The same data again changes
    /// nothing.
    /// </summary>
    public PublishResult Enter(Peer peer, Payload data, PublishId? id = null)
    {
        if (Refuse(peer, data, default, out var membership) is { } refusal) return refusal;
        using var batch = FlushBatch.Rent();
        return room.Publisher.Publish(Entering(membership!, data, id, default), batch);
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
        EnterAsync(peer, default, data, batch, id, cancellationToken);

    /// <inheritdoc cref="EnterAsync(Peer, Payload, FlushBatch, PublishId?, CancellationToken)"/>
    /// <param name="peer">A peer that is in the room.</param>
    /// <param name="role">As which of several members, and with which note.</param>
    /// <param name="data">JSON, at most <see cref="MaxData"/> bytes.</param>
    /// <param name="batch">Who got something.</param>
    /// <param name="id">What makes it idempotent.</param>
    /// <param name="cancellationToken">Cancels the filters; without one, <see cref="Peer.Disconnected"/> does.</param>
    public ValueTask<PublishResult> EnterAsync(
        Peer peer, MemberRole role, Payload data, FlushBatch batch, PublishId? id = null, CancellationToken cancellationToken = default) =>
        Refuse(peer, data, role, out var membership) is { } refusal
            ? new(refusal)
            : room.Hub.Publishing.PublishAsync(room, Entering(membership!, data, id, role), peer, batch, cancellationToken);

    /// <summary>Takes a peer's member out. Does nothing where there is none, or it is another connection's by now.</summary>
    public PublishResult Leave(Peer peer)
    {
        using var batch = FlushBatch.Rent();
        return Leave(peer, batch);
    }

    /// <inheritdoc cref="Leave(Peer)"/>
    /// <remarks>For doors: with the batch of what one read has brought in.</remarks>
    public PublishResult Leave(Peer peer, FlushBatch batch) => Leave(peer, default, batch);

    /// <inheritdoc cref="Leave(Peer, FlushBatch)"/>
    /// <param name="peer">Whose.</param>
    /// <param name="role">Which of several members, and with which note.</param>
    /// <param name="batch">Who got something.</param>
    public PublishResult Leave(Peer peer, MemberRole role, FlushBatch batch) =>
        Volatile.Read(ref owners)?.Exit(peer, role.KeyOf(peer.Author), batch, role.Note) ?? default;

    /// <summary>For doors whose clients need not enter anew: a peer whose session had members here keeps them.</summary>
    public void TakeOver(Peer peer)
    {
        if (peer.Find(room) is not { } membership) return;
        lock (room.Gate)
        {
            if (!membership.IsGone) owners?.TakeOver_NeedsLock(membership);
        }
    }

    /// <summary>Takes all members of a peer out.</summary>
    internal void LeaveAll(Peer peer) => Volatile.Read(ref owners)?.ExitAll(peer);

    internal MemberOwners Owners_NeedsLock => owners ??= new MemberOwners(room);

    /// <summary>The peer has left the room: what is its goes too.</summary>
    internal void Left(Membership membership, CloseReason? reason)
    {
        lock (room.Gate) room.Publisher.Forget_NeedsLock(membership.Peer.Author.Id);
        Volatile.Read(ref owners)?.Left(membership, reason);
    }

    /// <summary>Takes out whose time to come back is over.</summary>
    internal void Expire(long now) => Volatile.Read(ref owners)?.Expire(now);

    /// <summary>Takes out members, and removes bound keys, of a life of the hub that is over. Nobody who comes sees them any more, though
    /// an engine may take its time to keep that.</summary>
    internal void RemoveLeftOver()
    {
        MemberOwners removing;
        List<Entry> left;
        lock (room.Gate)
        {
            if (!room.Log.HasKeys) return;
            (removing, left) = (Owners_NeedsLock, room.Log.Keys.LeaveOut());
        }
        removing.Remove(left);
    }

    /// <summary>What is of those who are here by a connection: their members and bound keys.</summary>
    internal List<Entry> Own()
    {
        if (Volatile.Read(ref owners) is not { } own) return [];
        lock (room.Gate) return own.Held_NeedsLock();
    }

    /// <summary>What a removal takes out, where that is of somebody who is here by a connection.</summary>
    internal Entry? FindOwn(Entry removal)
    {
        if (Volatile.Read(ref owners) is not { } own) return null;
        lock (room.Gate) return own.FindHeld_NeedsLock(removal);
    }

    /// <summary>Enters and sets again what is gone of these, if their authors are here still.</summary>
    /// <param name="own">From <see cref="Own"/>.</param>
    /// <param name="all">Whether also what is there: it may be taken for another hub's.</param>
    internal void Restore(List<Entry> own, bool all = false) => Volatile.Read(ref owners)?.Restore(own, all);

    private static Member ToMember(Entry entry) => new(entry.Author!, entry.Payload, entry.Offset, entry.Time)
    {
        Id = entry.Key!,
        EntryId = entry.Id,
        Note = entry.Note,
    };

    private KeyChange Entering(Membership membership, Payload data, PublishId? id, MemberRole role)
    {
        var author = membership.Peer.Author;
        var key = role.KeyOf(author);
        Entry? existing;
        lock (room.Gate) existing = room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, key);
        var entry = new Entry
        {
            Kind = EntryKind.Presence,
            Action = existing is null ? EntryAction.Enter : EntryAction.Update,
            Key = key,
            Author = author,
            Event = "",
            Note = role.Note,
            Id = id?.Value,
            Payload = data,
            IsBound = true,
        };
        return new KeyChange(entry, id)
        {
            Check = () => membership.IsGone ? PublishResult.NotJoined(room) : RefuseRights(membership),
            Weigh = () => Weigh_NeedsLock(membership, entry, role.IsToldAgain),
            TakeOver = () => Enter_NeedsLock(membership, key),
            Form = RefuseData,
        };
    }

    private void Enter_NeedsLock(Membership membership, string key)
    {
        if (!membership.IsGone) Owners_NeedsLock.Own_NeedsLock(membership).Enter(key);
    }

    private PublishResult? Weigh_NeedsLock(Membership membership, Entry entry, bool isToldAgain)
    {
        var existing = room.Publisher.Keys_NeedsLock.Find(EntryKind.Presence, entry.Key!);
        var (members, bytes) = room.Publisher.Keys_NeedsLock.Count(EntryKind.Presence);
        if (existing is null && members >= room.Hub.Options.Log.MaxMembers)
            return PublishResult.Refused(RefusalCode.Full, $"Room {room.Name} has {members} members, as many as it may.");
        if (bytes - (existing?.Size ?? 0) + entry.Size > room.Hub.Options.Log.MaxMemberBytes)
            return PublishResult.Refused(RefusalCode.Full, $"The members of room {room.Name} have as much data as they may.");
        if (KeyTable.RefuseGrowth(room.Hub, existing, entry) is { } full) return full;
        if (existing?.Payload.Bytes.Span.SequenceEqual(entry.Payload.Bytes.Span) != true) return null;
        Enter_NeedsLock(membership, entry.Key!);
        if (isToldAgain || !Note.AreSame(existing.Note, entry.Note)) return null;
        return new PublishResult(existing.Pending is null ? existing.Offset : 0, 0) { Pending = existing.Pending?.Task };
    }

    private PublishResult? Refuse(Peer peer, in Payload data, in MemberRole role, out Membership? membership)
    {
        membership = peer.Find(room);
        if (membership is null) return PublishResult.NotJoined(room);
        if (role.Name is { Length: 0 or > MemberRole.MaxName })
            return PublishResult.Refused(RefusalCode.Invalid, $"A member's name takes 1 to {MemberRole.MaxName} characters.");
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
