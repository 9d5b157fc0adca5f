namespace Kodama;

/// <summary>A peer's place in a room.</summary>
internal sealed class Membership(Room room, Peer peer)
{
    public Room Room => room;

    public Peer Peer => peer;

    /// <summary>Where it stands in the room's list; guarded by the room's lock.</summary>
    public int Index { get; set; }

    /// <summary>Which of the room's wire formats it reads.</summary>
    public int Format { get; set; }
}
