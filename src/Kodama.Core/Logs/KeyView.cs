namespace Kodama;

/// <summary>
/// The keys of a room as they will be when all is kept that an engine is at: what is asked of a change is asked of these. Guarded by the
/// room's lock.
/// </summary>
internal sealed class KeyView(RoomLog log)
{
    private Dictionary<(EntryKind Kind, string Key), Entry>? pending;
    private BoundKeys? bound;
    private (int Keys, long Bytes) members;
    private (int Keys, long Bytes) state;

    /// <summary>The last entry of this key that is not a removal, nor left over.</summary>
    public Entry? Find(EntryKind kind, string key) => Kept(kind, key) is { IsLeftOver: false } entry ? entry : null;

    /// <summary>The last entry of this key that is not a removal.</summary>
    public Entry? Kept(EntryKind kind, string key) => Last(kind, key) is { Action: not EntryAction.Remove } entry ? entry : null;

    /// <summary>Whether an engine has not decided on the key's last change.</summary>
    public bool IsUndecided(EntryKind kind, string key) => pending?.ContainsKey((kind, key)) == true;

    /// <summary>Whether the hub has taken back what a change like this one did, as its author had gone.</summary>
    public bool IsTakenBack(Entry change)
    {
        if (change is not { IsBound: true, Action: not EntryAction.Remove }) return false;
        // A removal that is forgotten: of a key of the state it may have been anybody's.
        if (Last(change.Kind, change.Key!) is not { } last) return change.Kind == EntryKind.Presence;
        return last.IsBound && (last.Action == EntryAction.Remove || last.IsLeftOver) && last.Author?.Id == change.Author?.Id;
    }

    /// <summary>What goes with an author: its member, and the keys whose last entry is bound and its own.</summary>
    public List<Entry> BoundTo(string author)
    {
        List<Entry> going = [];
        if (Kept(EntryKind.Presence, author) is { } member) going.Add(member);
        going.AddRange(log.Keys.BoundTo(author).Where(entry => !IsUndecided(entry.Kind, entry.Key!)));
        if (bound is not null) going.AddRange(bound.Of(author));
        return going;
    }

    /// <summary>How many keys of this kind there are, and their bytes.</summary>
    public (int Keys, long Bytes) Count(EntryKind kind) => kind == EntryKind.Presence
        ? (log.Keys.Members + members.Keys, log.Keys.MemberBytes + members.Bytes)
        : (log.Keys.StateKeys + state.Keys, log.Keys.StateBytes + state.Bytes);

    /// <summary>An engine is at it.</summary>
    public void Add(Entry change)
    {
        var before = Kept(change.Kind, change.Key!);
        var isThere = change.Action != EntryAction.Remove;
        change.Difference = ((isThere ? 1 : 0) - (before is null ? 0 : 1), (isThere ? change.Size : 0) - (before?.Size ?? 0));
        if (pending?.GetValueOrDefault((change.Kind, change.Key!)) is { } overtaken) Forget(overtaken);
        (pending ??= [])[(change.Kind, change.Key!)] = change;
        if (BoundKeys.Holds(change)) (bound ??= new()).Add(change);
        Count(change, 1);
    }

    /// <summary>The log has it, or never will.</summary>
    public void Settle(Entry change)
    {
        Count(change, -1);
        if (pending!.GetValueOrDefault((change.Kind, change.Key!)) == change) Forget(change);
    }

    private void Forget(Entry change)
    {
        pending!.Remove((change.Kind, change.Key!));
        if (BoundKeys.Holds(change)) bound!.Remove(change);
    }

    private Entry? Last(EntryKind kind, string key) => pending?.GetValueOrDefault((kind, key)) ?? log.Keys.Last(kind, key);

    private void Count(Entry change, int sign)
    {
        ref var sum = ref change.Kind == EntryKind.Presence ? ref members : ref state;
        sum = (sum.Keys + (sign * change.Difference.Keys), sum.Bytes + (sign * change.Difference.Bytes));
    }
}
