namespace Kodama;

/// <summary>What a peer may do in a room.</summary>
[Flags]
public enum RoomRights
{
    /// <summary>Nothing: it may not join.</summary>
    None = 0,

    /// <summary>Hear what happens from its join on.</summary>
    Read = 1,

    /// <summary>Read what was before.</summary>
    History = 2,

    /// <summary>Say something.</summary>
    Publish = 4,

    /// <summary>Be a member: enter, with data.</summary>
    Presence = 8,

    /// <summary>Set and remove keys of the state.</summary>
    State = 16,

    /// <summary>All of it.</summary>
    All = Read | History | Publish | Presence | State,
}
