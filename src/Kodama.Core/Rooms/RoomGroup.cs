namespace Kodama;

/// <summary>Rooms whose messages have one order between them: they share a lock, under which a door hears what happens and numbers
/// it.</summary>
/// <remarks>See docs/decisions/0011. Which rooms, <see cref="Hub.GroupOf"/> says. The methods do little and call no user code: all of the
/// rooms wait for them.</remarks>
internal abstract class RoomGroup
{
    /// <summary>The lock of all its rooms.</summary>
    public Lock Gate { get; } = new();

    /// <summary>A format that every message of its rooms is written in, whoever is in them.</summary>
    public abstract IMessageEncoder Encoder { get; }

    /// <summary>A peer is in the room from now on.</summary>
    public abstract void Joined_NeedsLock(Room room, Peer peer);

    /// <summary>A peer is no longer in the room; if it is going, in none.</summary>
    public abstract void Left_NeedsLock(Room room, Peer peer, bool isGoing);

    /// <summary>A message is about to be handed out: to all in its room but <paramref name="sender"/> and <paramref name="except"/>. The
    /// time to write into the frame what only order decides.</summary>
    public abstract void Publishing_NeedsLock(in Message message, in Frame frame, Peer? sender, HashSet<Peer>? except);

    /// <summary>Whether the peer gets the message that is being handed out.</summary>
    public abstract bool Takes_NeedsLock(Peer peer);
}
