namespace Kodama;

/// <summary>Why something was not published (docs/specs/log.md). On the wire their names are in capitals: <c>NOT_JOINED</c>.</summary>
public enum RefusalCode
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>A filter dropped it.</summary>
    MessageRefused,

    /// <summary>A validator does not let the client do it.</summary>
    Refused,

    /// <summary>The rules of the room do not grant it.</summary>
    NotAllowed,

    /// <summary>The sender is not in the room.</summary>
    NotJoined,

    /// <summary>The room has vanished: join again.</summary>
    RoomGone,

    /// <summary>The hub has as many rooms as <see cref="LogOptions.MaxRooms"/>.</summary>
    TooManyRooms,

    /// <summary>What is kept of the room cannot be opened now; the hub's log says why. Another try may succeed.</summary>
    Unavailable,

    /// <summary>The id was given to another content.</summary>
    IdReused,

    /// <summary>The hub does not know whether it has it: it was sent again too late, or the hub stopped while its disk failed.</summary>
    OutcomeUnknown,

    /// <summary>The room's engine could not keep it; nobody has got it.</summary>
    NotKept,

    /// <summary>Something that the session published before could not be kept: it is to be sent again first.</summary>
    NotInOrder,

    /// <summary>The room's state or its members have as many keys or bytes as they may.</summary>
    Full,

    /// <summary>More waits to be kept than the hub allows; try again.</summary>
    Busy,

    /// <summary>The key was not as the change of it asks for: <see cref="KeyCondition"/>.</summary>
    ConditionFailed,

    /// <summary>It is larger than it may be.</summary>
    TooLarge,

    /// <summary>It has not the form that it must have.</summary>
    Invalid,

    /// <summary>No peer has this id, or it has gone.</summary>
    PeerGone,
}
