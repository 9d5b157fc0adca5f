namespace Kodama;

/// <summary>How a peer wants to be in a room.</summary>
public sealed class JoinRequest
{
    /// <summary>The room's name.</summary>
    public required string Room { get; init; }

    /// <summary>With what it begins. Default live.</summary>
    public Start Start { get; init; }

    /// <summary>Whether it is told what is said. Default true; else it is in the room to speak, or to be told of members.</summary>
    public bool Messages { get; init; } = true;

    /// <summary>
    /// Whether it is given what its own author says: true also where the room does not echo, false neither now nor of what is kept. Null:
    /// as the room does, and as its format needs it.
    /// </summary>
    public bool? Own { get; init; }

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

    internal JoinRequest WithoutToken() => With(Messages, Presence, token: null);

    /// <summary>The same, for other things.</summary>
    internal JoinRequest With(bool messages, bool presence) => With(messages, presence, Token);

    private JoinRequest With(bool messages, bool presence, string? token) => new()
    {
        Room = Room,
        Start = Start,
        Messages = messages,
        Own = Own,
        Presence = presence,
        State = State,
        Lists = Lists,
        Token = token,
        IsHeld = IsHeld,
    };
}
