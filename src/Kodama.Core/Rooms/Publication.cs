namespace Kodama;

/// <summary>What is said of a publication beside what it says.</summary>
/// <param name="Sender">Who does not get it, unless the room echoes.</param>
/// <param name="Except">Who does not either.</param>
/// <param name="Id">What makes it idempotent.</param>
/// <param name="Digest">What the id stands for.</param>
/// <param name="Author">Whose id that is.</param>
internal readonly record struct Publication(Peer? Sender, HashSet<Peer>? Except, PublishId? Id, UInt128 Digest, string? Author)
{
    /// <summary>Whether an engine has given it its place.</summary>
    public bool IsPlaced { get; init; }

    /// <summary>Whether it comes from another hub: nobody here keeps the room for it.</summary>
    public bool IsOthers { get; init; }

    /// <summary>By what right; of members' changes their check knows it.</summary>
    public Standing Standing { get; init; }

    /// <summary>The change that it is; null for messages.</summary>
    public KeyChange? Change { get; init; }

    /// <summary>For whom its id counts.</summary>
    public string Scope => Id?.Scope ?? Author ?? "";

    public static Publication Of(KeyChange change) => new(null, null, change.Id, change.Digest, change.Entry.Author?.Id)
    {
        Change = change,
        Standing = new Standing(null, change.Visit),
    };
}
