namespace Kodama;

/// <summary>A change of a key as it is asked for.</summary>
internal sealed class KeyChange(Entry entry, PublishId? id = null)
{
    public Entry Entry => entry;

    public PublishId? Id => id;

    /// <summary>The content for which the id stands, as it was sent: whether a member is new is for the hub to say.</summary>
    public UInt128 Digest { get; } = id is null ? default : PublishId.Digest(ActionOf(entry), entry.Payload, entry.Key);

    /// <summary>By whose visit; null for members and the program.</summary>
    public Visit? Visit { get; init; }

    /// <summary>Asked under the lock whether it may be, by whom it is from: null, or the answer in its stead.</summary>
    public required Func<PublishResult?> Check { get; init; }

    /// <summary>Asked then whether it may be, by the keys that there are; not where the store decides.</summary>
    public Func<PublishResult?>? Weigh { get; init; }

    /// <summary>What must be so of the key.</summary>
    public KeyCondition Condition { get; init; }

    /// <summary>
    /// Called under the lock where it may be, and where it was published before: what it does is of the connection that has sent it
    /// (again).
    /// </summary>
    public Action? TakeOver { get; init; }

    /// <summary>Asked whether what a filter has put in the payload's stead can be.</summary>
    public Func<Payload, PublishResult?>? Form { get; init; }

    private static string ActionOf(Entry entry) =>
        $"{entry.Kind}/{(entry.Action == EntryAction.Remove ? "remove" : entry.IsBound ? "set bound" : "set")}";
}
