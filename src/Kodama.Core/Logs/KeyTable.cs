using System.Runtime.InteropServices;

namespace Kodama;

/// <summary>The last entry of each key of a room, members and state, in the order of their offsets. Guarded by the room's lock.</summary>
/// <remarks>A removal stays for a while, so that who was away learns of it; <see cref="Forgotten"/> says up to which offset they are
/// gone.</remarks>
internal sealed class KeyTable(LogBudget budget)
{
    internal const int MostRemovals = 1024;

    /// <summary>About what an entry and its places take beside what it says.</summary>
    internal const int EntryCost = 352;

    // What the table takes without entries.
    private const int TableCost = 320;

    private readonly Dictionary<(EntryKind Kind, string Key), Entry> last = [];

    // By offset; a slot whose entry is no longer its key's last is empty. Compacted when most are.
    private readonly List<Slot> order = [];
    private readonly Queue<(long Stamp, Entry Entry)> removals = new();
    private BoundKeys? bound;
    private long charged;
    private int members;
    private int membersLeftOver;
    private int stateKeys;

    /// <summary>Removals up to this offset are not all there.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Removals up to this offset are not known from before.</summary>
    public void Continue(long forgotten) => Forgotten = forgotten;

    /// <summary>Lets all go.</summary>
    public void Clear()
    {
        Charge(-charged);
        if (stateKeys > 0) budget.AddRoomsWithState(-1);
    }

    /// <summary>Members, those that are left over too.</summary>
    public int Members => members;

    /// <summary>Members that are in the list.</summary>
    public int MembersListed => members - membersLeftOver;

    public int StateKeys => stateKeys;

    /// <summary>Bytes of the members, ids included.</summary>
    public long MemberBytes { get; private set; }

    /// <summary>Bytes of the state, keys included.</summary>
    public long StateBytes { get; private set; }

    /// <summary>The last entry of this key that is not a removal, nor left over.</summary>
    public Entry? Find(EntryKind kind, string key) =>
        Last(kind, key) is { Action: not EntryAction.Remove, IsLeftOver: false } entry ? entry : null;

    /// <summary>The last entry of this key, if it is not forgotten.</summary>
    public Entry? Last(EntryKind kind, string key) => last.GetValueOrDefault((kind, key));

    /// <summary>The keys of the state that go with this author.</summary>
    public IReadOnlyCollection<Entry> BoundTo(string author) => bound?.Of(author) ?? [];

    /// <summary>Puts an entry that has its place in, in the stead of its key's last.</summary>
    public void Add(Entry entry, long stamp)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(last, (entry.Kind, entry.Key!), out _);
        if (known is not null) Drop(known);
        known = entry;
        order.Add(new Slot(entry.Offset, entry));
        if (charged == 0) Charge(TableCost);
        Charge(CostOf(entry));
        if (entry.Action == EntryAction.Remove) removals.Enqueue((stamp, entry));
        else Count(entry, 1);
        if (BoundKeys.Holds(entry)) (bound ??= new()).Add(entry);
        // What is gone gives way to what is there.
        while (removals.Count > MostRemovals || (removals.Count > 0 && !budget.HasPlaceForRemovals)) ForgetRemoval();
        if (order.Count > 16 && order.Count > 2 * last.Count) order.RemoveAll(static slot => slot.Entry is null);
    }

    /// <summary>Forgets removals that are older than this moment of the monotonic clock.</summary>
    public void TrimOlder(long stamp)
    {
        while (removals.TryPeek(out var oldest) && oldest.Stamp < stamp) ForgetRemoval();
    }

    /// <summary>The last entries of keys that changed behind an offset and not behind another, removals too; in order.</summary>
    public List<Entry> Read(long after, long upTo)
    {
        var entries = new List<Entry>();
        for (var i = IndexAfter(after); i < order.Count && order[i].Offset <= upTo; i++)
        {
            if (order[i].Entry is { } entry) entries.Add(entry);
        }
        return entries;
    }

    /// <summary>The first offset behind this one that has an entry; <see cref="long.MaxValue"/>, where none has.</summary>
    public long NextAfter(long offset)
    {
        for (var i = IndexAfter(offset); i < order.Count; i++)
        {
            if (order[i].Entry is not null) return order[i].Offset;
        }
        return long.MaxValue;
    }

    /// <summary>Takes members and bound keys of an earlier life out of the lists: what is to be removed.</summary>
    public List<Entry> LeaveOut()
    {
        List<Entry> leftOver = [.. List(EntryKind.Presence), .. List(EntryKind.State).Where(static entry => entry.IsBound)];
        foreach (var entry in leftOver) entry.IsLeftOver = true;
        membersLeftOver = members;
        return leftOver;
    }

    /// <summary>The keys of this kind that there are, in the order in which they changed.</summary>
    public List<Entry> List(EntryKind kind)
    {
        var entries = new List<Entry>();
        foreach (var slot in order)
        {
            if (slot.Entry is { IsLeftOver: false } entry && entry.Kind == kind && entry.Action != EntryAction.Remove) entries.Add(entry);
        }
        return entries;
    }

    private int IndexAfter(long offset)
    {
        var (low, high) = (0, order.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (order[middle].Offset <= offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Drop(Entry entry)
    {
        Charge(-CostOf(entry));
        if (entry.Action != EntryAction.Remove) Count(entry, -1);
        if (BoundKeys.Holds(entry)) bound!.Remove(entry);
        var index = IndexAfter(entry.Offset - 1);
        if (index < order.Count && order[index].Entry == entry) order[index] = new Slot(entry.Offset, null);
    }

    private void ForgetRemoval()
    {
        var (_, entry) = removals.Dequeue();
        // A key that came back since is not gone.
        if (last.GetValueOrDefault((entry.Kind, entry.Key!)) != entry) return;
        Drop(entry);
        last.Remove((entry.Kind, entry.Key!));
        Forgotten = Math.Max(Forgotten, entry.Offset);
    }

    /// <summary>Why a change may not be, where the keys of all rooms together have no place for what it adds.</summary>
    public static PublishResult? RefuseGrowth(Hub hub, Entry? existing, Entry change)
    {
        var more = CostOf(change) - (existing is null ? 0 : CostOf(existing));
        return more <= 0 || hub.LogBudget.HasPlaceForKeys(more)
            ? null
            : PublishResult.Refused(
                RefusalCode.Full, "State and members of all rooms have as many bytes as they may (a quarter of Log.MaxTotalBytes).");
    }

    private static long CostOf(Entry entry) => EntryCost + entry.Held + (BoundKeys.Holds(entry) ? BoundKeys.Cost : 0);

    private void Charge(long bytes)
    {
        charged += bytes;
        budget.AddKeys(bytes);
    }

    private void Count(Entry entry, int change)
    {
        if (entry.Kind == EntryKind.Presence)
        {
            members += change;
            if (entry.IsLeftOver) membersLeftOver += change;
            MemberBytes += change * entry.Size;
            return;
        }
        stateKeys += change;
        StateBytes += change * entry.Size;
        if (stateKeys == 0) budget.AddRoomsWithState(-1);
        else if (stateKeys == 1 && change > 0) budget.AddRoomsWithState(1);
    }

    private readonly record struct Slot(long Offset, Entry? Entry);
}
