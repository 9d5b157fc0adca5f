namespace Kodama;

/// <summary>
/// The keys of a room as they will be when all is kept that an engine is at: what is asked of a change is asked of these. Guarded by the
/// room's lock.
/// </summary>
internal sealed class KeyView(RoomLog log)
{
    // Made for engines that take their time.
    private Dictionary<(EntryKind Kind, string Key), Entry>? pending;
    private (int Keys, long Bytes) members;
    private (int Keys, long Bytes) state;

    /// <summary>The last entry of this key that is not a removal.</summary>
    public Entry? Find(EntryKind kind, string key) =>
        pending is not null && pending.TryGetValue((kind, key), out var entry) ? entry.Action == EntryAction.Remove ? null : entry : log.Keys.Find(kind, key);

    /// <summary>Whether an engine has not decided on the key's last change.</summary>
    public bool IsUndecided(EntryKind kind, string key) => pending?.ContainsKey((kind, key)) == true;

    /// <summary>How many keys of this kind there are, and their bytes.</summary>
    public (int Keys, long Bytes) Count(EntryKind kind) => kind == EntryKind.Presence
        ? (log.Keys.Members + members.Keys, log.Keys.MemberBytes + members.Bytes)
        : (log.Keys.StateKeys + state.Keys, log.Keys.StateBytes + state.Bytes);

    /// <summary>An engine is at it.</summary>
    public void Add(Entry change)
    {
        var before = Find(change.Kind, change.Key!);
        var isThere = change.Action != EntryAction.Remove;
        change.Difference = ((isThere ? 1 : 0) - (before is null ? 0 : 1), (isThere ? change.Size : 0) - (before?.Size ?? 0));
        (pending ??= [])[(change.Kind, change.Key!)] = change;
        Count(change, 1);
    }

    /// <summary>The log has it, or never will.</summary>
    public void Settle(Entry change)
    {
        Count(change, -1);
        if (pending!.GetValueOrDefault((change.Kind, change.Key!)) == change) pending!.Remove((change.Kind, change.Key!));
    }

    private void Count(Entry change, int sign)
    {
        ref var sum = ref change.Kind == EntryKind.Presence ? ref members : ref state;
        sum = (sum.Keys + (sign * change.Difference.Keys), sum.Bytes + (sign * change.Difference.Bytes));
    }
}
