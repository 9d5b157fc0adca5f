using System.Text;

namespace Kodama;

/// <summary>The last value of each key of a room (docs/specs/log.md, State). Thread-safe.</summary>
public sealed class RoomState
{
    /// <summary>Longest key, in bytes of UTF-8.</summary>
    public const int MaxKey = 255;

    private readonly Room room;

    internal RoomState(Room room) => this.room = room;

    /// <summary>Whether a key can be called so: 1 to <see cref="MaxKey"/> bytes, no control characters.</summary>
    public static bool IsValidKey(string key) =>
        key.Length is > 0 and <= MaxKey && !key.Any(char.IsControl) && Encoding.UTF8.GetByteCount(key) <= MaxKey;

    /// <summary>The key's last entry, or null where it is not set.</summary>
    public Entry? Find(string key)
    {
        lock (room.Gate) return room.Log.HasState ? room.Log.Keys.Find(EntryKind.State, key) : null;
    }

    /// <summary>All keys at the head, in the order in which they changed.</summary>
    public StateList List()
    {
        lock (room.Gate)
        {
            var entries = room.Log.HasState ? room.Log.Keys.List(EntryKind.State) : [];
            return new StateList(entries, new Position(room.Epoch, room.Log.Last));
        }
    }

    /// <summary>This key at the head, if it is set.</summary>
    public StateList List(string key)
    {
        lock (room.Gate) return new StateList(Find(key) is { } entry ? [entry] : [], new Position(room.Epoch, room.Log.Last));
    }

    /// <summary>Sets a key. The hub's own program does it without a writer.</summary>
    /// <param name="key">1 to <see cref="MaxKey"/> bytes.</param>
    /// <param name="value">Its value.</param>
    /// <param name="writer">A peer that is in the room, or null.</param>
    /// <param name="isBound">Whether the key goes when its writer does.</param>
    /// <param name="id">What makes it idempotent.</param>
    /// <param name="condition">What must be so of the key; else it is refused with <see cref="RefusalCode.ConditionFailed"/>.</param>
    public PublishResult Set(
        string key, Payload value, Peer? writer = null, bool isBound = false, PublishId? id = null, KeyCondition condition = default)
    {
        if (Refuse(key, writer, out var membership) is { } refusal) return refusal;
        using var batch = FlushBatch.Rent();
        return room.Publisher.Publish(Setting(key, value, writer, membership, isBound, id, condition), batch);
    }

    /// <summary>
    /// For doors: a peer wants to set a key. That passes the filters, like a message. The value's memory is borrowed until the task ends.
    /// </summary>
    /// <param name="key">1 to <see cref="MaxKey"/> bytes.</param>
    /// <param name="value">Its value.</param>
    /// <param name="writer">A peer that is in the room, or a client without a connection, which its door has asked the rules about.</param>
    /// <param name="isBound">Whether the key goes when its writer does.</param>
    /// <param name="batch">Who got something.</param>
    /// <param name="id">What makes it idempotent.</param>
    /// <param name="condition">What must be so of the key; else it is refused with <see cref="RefusalCode.ConditionFailed"/>.</param>
    /// <param name="cancellationToken">Cancels the filters; without one, <see cref="Peer.Disconnected"/> does.</param>
    public ValueTask<PublishResult> SetAsync(
        string key, Payload value, Peer writer, bool isBound, FlushBatch batch, PublishId? id = null, KeyCondition condition = default,
        CancellationToken cancellationToken = default) =>
        Refuse(key, writer, out var membership) is { } refusal
            ? new(refusal)
            : room.Hub.Publishing.PublishAsync(
                room, Setting(key, value, writer, membership, isBound, id, condition), writer, batch, cancellationToken);

    /// <summary>Removes a key. Does nothing where it is not set.</summary>
    public PublishResult Remove(string key, Peer? writer = null, PublishId? id = null, KeyCondition condition = default)
    {
        if (Refuse(key, writer, out var membership) is { } refusal) return refusal;
        using var batch = FlushBatch.Rent();
        return room.Publisher.Publish(Removing(key, writer, membership, id, condition), batch);
    }

    /// <inheritdoc cref="Remove(string, Peer?, PublishId?, KeyCondition)"/>
    /// <remarks>For doors: a peer wants it, and it passes the filters, like a message.</remarks>
    public ValueTask<PublishResult> RemoveAsync(
        string key, Peer writer, FlushBatch batch, PublishId? id = null, KeyCondition condition = default,
        CancellationToken cancellationToken = default) =>
        Refuse(key, writer, out var membership) is { } refusal
            ? new(refusal)
            : room.Hub.Publishing.PublishAsync(
                room, Removing(key, writer, membership, id, condition), writer, batch, cancellationToken);

    /// <summary>Sets a key, or removes it where there is no value, for a client that is in no room.</summary>
    internal ValueTask<PublishResult> ChangeAsync(
        Visit visit, string key, Payload? value, FlushBatch batch, KeyCondition condition, CancellationToken cancellationToken)
    {
        if (Refuse(key, visit.Client, out _) is { } refusal) return new(refusal);
        var change = value is { } set
            ? Setting(key, set, visit.Client, membership: null, isBound: false, id: null, condition, visit)
            : Removing(key, visit.Client, membership: null, id: null, condition, visit);
        return room.Hub.Publishing.PublishAsync(room, change, visit.Client, batch, cancellationToken);
    }

    private KeyChange Setting(
        string key, Payload value, Peer? writer, Membership? membership, bool isBound, PublishId? id, KeyCondition condition,
        Visit? visit = null)
    {
        var entry = new Entry
        {
            Kind = EntryKind.State,
            Action = EntryAction.Update,
            Key = key,
            Author = writer?.Author,
            Event = "",
            Id = id?.Value,
            Payload = value,
            IsBound = isBound && membership is not null,
        };
        return new KeyChange(entry, id)
        {
            Visit = visit,
            Check = () => Refuse_NeedsLock(membership),
            Weigh = () => WeighSet_NeedsLock(entry, condition),
            Condition = condition,
            TakeOver = entry.IsBound ? () => TakeOver_NeedsLock(membership!) : null,
        };
    }

    private KeyChange Removing(
        string key, Peer? writer, Membership? membership, PublishId? id, KeyCondition condition, Visit? visit = null)
    {
        var entry = new Entry
        {
            Kind = EntryKind.State,
            Action = EntryAction.Remove,
            Key = key,
            Author = writer?.Author,
            Event = "",
            Id = id?.Value,
        };
        return new KeyChange(entry, id) { Visit = visit, Check = () => Refuse_NeedsLock(membership),
            Weigh = () => WeighRemove_NeedsLock(key, condition), Condition = condition };
    }

    private PublishResult? WeighSet_NeedsLock(Entry entry, KeyCondition condition)
    {
        var existing = room.Publisher.Keys_NeedsLock.Find(EntryKind.State, entry.Key!);
        var (keys, bytes) = room.Publisher.Keys_NeedsLock.Count(EntryKind.State);
        var options = room.Hub.Options.Log;
        if (Check_NeedsLock(entry.Key!, existing, condition) is { } failed) return failed;
        if (existing is null && keys >= options.MaxStateKeys)
            return PublishResult.Refused(RefusalCode.Full,
                $"The state of room {room.Name} has {keys} keys, as many as it may: remove some.");
        if (bytes - (existing?.Size ?? 0) + entry.Size > options.MaxStateBytes)
            return PublishResult.Refused(RefusalCode.Full,
                $"The state of room {room.Name} has {bytes} bytes, and {entry.Size} more are too many.");
        if (KeyTable.RefuseGrowth(room.Hub, existing, entry) is { } full) return full;
        if (keys == 0 && room.Hub.LogBudget.RoomsWithState > (options.MaxRooms - 1) / 2)
            return PublishResult.Refused(RefusalCode.Full,
                $"{room.Hub.LogBudget.RoomsWithState} rooms of the hub have state, half as many as there may be: remove all keys of some.");
        return null;
    }

    private PublishResult? WeighRemove_NeedsLock(string key, KeyCondition condition)
    {
        var existing = room.Publisher.Keys_NeedsLock.Find(EntryKind.State, key);
        if (Check_NeedsLock(key, existing, condition) is { } failed) return failed;
        return existing is null ? default(PublishResult) : null;
    }

    private void TakeOver_NeedsLock(Membership membership)
    {
        if (!membership.IsGone) room.Members.Owners_NeedsLock.Own_NeedsLock(membership);
    }

    private PublishResult? Check_NeedsLock(string key, Entry? existing, KeyCondition condition)
    {
        if (condition.IsNone) return null;
        if (room.Publisher.Keys_NeedsLock.IsUndecided(EntryKind.State, key))
            return PublishResult.Refused(RefusalCode.Busy, $"Another change of key \"{key}\" is being kept: try again.");
        if (condition.Holds(existing, room.Epoch)) return null;
        var state = existing is null ? "is not set" : $"was set at {new Position(room.Epoch, existing.Offset)}";
        return PublishResult.Refused(RefusalCode.ConditionFailed, $"Key \"{key}\" {state}: read it and decide again.");
    }

    private PublishResult? Refuse(string key, Peer? writer, out Membership? membership)
    {
        membership = writer?.Find(room);
        if (!IsValidKey(key))
        {
            return PublishResult.Refused(
                RefusalCode.Invalid, $"A key takes 1 to {MaxKey} bytes of UTF-8, none of them a control character.");
        }
        // Who is in no room and has no connection was asked by its door.
        if (writer is null or { HasConnection: false }) return null;
        if (membership is null) return PublishResult.NotJoined(room);
        return RefuseRights(membership);
    }

    // It may have left, or lost the right, since it asked.
    private PublishResult? Refuse_NeedsLock(Membership? membership) =>
        membership is { IsGone: true } ? PublishResult.NotJoined(room) : membership is null ? null : RefuseRights(membership);

    private PublishResult? RefuseRights(Membership membership) => membership.Rights.HasFlag(RoomRights.State)
        ? null
        : PublishResult.NotGranted(room.Name, "its state");
}
