namespace Kodama;

/// <summary>How a peer wants to be in a room.</summary>
public sealed class JoinRequest
{
    /// <summary>The room's name.</summary>
    public required string Room { get; init; }

    /// <summary>With what it begins. Default live.</summary>
    public Start Start { get; init; }

    /// <summary>Whether it is told of members.</summary>
    public bool Presence { get; init; }

    /// <summary>Whether it is told of the state.</summary>
    public bool State { get; init; }

    /// <summary>
    /// Whether it is to be given members and state, of what it is told, also where it goes on from its position: it does not know them.
    /// </summary>
    public bool Lists { get; init; }

    /// <summary>What the client knows of this room, for the rules.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Whether the peer gets nothing of the room until <see cref="Joined.Begin"/>, so that a door can answer first. A door that asks for it
    /// calls it.
    /// </summary>
    public bool IsHeld { get; init; }

    internal JoinRequest WithoutToken() => new()
    {
        Room = Room,
        Start = Start,
        Presence = Presence,
        State = State,
        Lists = Lists,
        IsHeld = IsHeld,
    };
}
