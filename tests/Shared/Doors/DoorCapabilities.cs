namespace Kodama.Testing;

/// <summary>What not every door can do.</summary>
[Flags]
internal enum DoorCapabilities
{
    None = 0,

    /// <summary>Join with the last messages of before.</summary>
    Rewind = 1,

    /// <summary>Go on from a position, and be told of gaps.</summary>
    Resume = 2,

    /// <summary>Be present.</summary>
    Presence = 4,

    /// <summary>Set keys of the state.</summary>
    State = 8,

    /// <summary>Speak over the connection that listens, so that what is said is its peer's own.</summary>
    Speak = 16,

    /// <summary>Tell texts, bytes and events apart.</summary>
    Kinds = 32,

    /// <summary>Hear that they are out of their room, or lose their connection for it: of doors whose clients know of rooms.</summary>
    Leave = 64,
}
