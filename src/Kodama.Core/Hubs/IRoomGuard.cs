namespace Kodama;

/// <summary>A door that keeps rooms to itself. What it keeps, nobody enters, reads or speaks in by another way. Thread-safe.</summary>
internal interface IRoomGuard
{
    /// <summary>Whether the room is closed to this peer; null for who is none, such as a publisher over HTTP.</summary>
    bool KeepsOut(Peer? peer, string room);

    /// <summary>Whether the peer has come to what is closed, and so is nobody's business but the door's.</summary>
    bool Hides(Peer peer);
}
