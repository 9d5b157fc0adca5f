namespace Kodama;

/// <summary>What an <see cref="Entry"/> tells.</summary>
public enum EntryKind : byte
{
    /// <summary>Something was said.</summary>
    Message,

    /// <summary>A member came, changed its data or went; <see cref="Entry.Key"/> is its id.</summary>
    Presence,

    /// <summary>A key of the room's state was set or removed.</summary>
    State,
}

/// <summary>What became of the key of an entry.</summary>
public enum EntryAction : byte
{
    /// <summary>Messages have no key.</summary>
    None,

    /// <summary>The member has come.</summary>
    Enter,

    /// <summary>The member's data is another, or the key's value.</summary>
    Update,

    /// <summary>The member has gone, or the key was removed.</summary>
    Remove,
}
