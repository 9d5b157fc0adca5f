namespace Kodama;

/// <summary>How a join ended.</summary>
public enum JoinResult
{
    /// <summary>The peer is in the room and gets every message from now on.</summary>
    Joined,

    /// <summary>It was in the room before.</summary>
    AlreadyIn,

    /// <summary>The peer is in as many rooms as <see cref="HubOptions.MaxRoomsPerPeer"/> allows.</summary>
    PeerFull,

    /// <summary>The hub has as many rooms as <see cref="LogOptions.MaxRooms"/> allows, and this would be one more.</summary>
    HubFull,

    /// <summary>The peer has disconnected, or the hub is stopping.</summary>
    Gone,

    /// <summary>The rules of the room do not let the peer in.</summary>
    Refused,

    /// <summary>What is kept of the room cannot be opened now; the hub's log says why. Another try may succeed.</summary>
    Unavailable,
}
