namespace Kodama;

/// <summary>How a join ended.</summary>
public enum JoinResult
{
    /// <summary>The peer is in the room and gets every message from now on.</summary>
    Joined,

    /// <summary>It was in the room before.</summary>
    AlreadyIn,

    /// <summary>It is in as many rooms as <see cref="HubOptions.MaxRoomsPerPeer"/> allows.</summary>
    TooManyRooms,

    /// <summary>The peer has disconnected, or the hub is stopping.</summary>
    Gone,

    /// <summary>The rules of the room do not let the peer in.</summary>
    Refused,
}
