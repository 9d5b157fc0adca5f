namespace Kodama;

/// <summary>
/// A format whose frames tell their place in one order of several rooms (docs/specs/log.md, "Streams"), and which therefore hands them out
/// itself, under a lock of its own. Its peers are held as members of rooms: they are counted, and get nothing there.
/// </summary>
internal interface IStreamFormat : IMessageEncoder
{
    /// <summary>One of its peers is in the room, whose lock is held: what comes from here on is for it.</summary>
    void Joined_NeedsLock(Room room, Peer peer);

    /// <summary>One of its peers is in the room no more, whose lock is held: it was taken out, and has not gone.</summary>
    void Left_NeedsLock(Room room, Peer peer);

    /// <summary>A message has its place in a room, whose lock is held. Answers how many took it.</summary>
    /// <param name="message">With its room.</param>
    /// <param name="frame">As this format has encoded it, with a hole for the place.</param>
    /// <param name="sender">Who does not get it, or null.</param>
    /// <param name="exceptIds">Authors who do not get it either, or null.</param>
    /// <param name="batch">Who got something.</param>
    int HandOut_NeedsLock(in Message message, in Frame frame, Peer? sender, IReadOnlySet<string>? exceptIds, FlushBatch batch);

    /// <summary>A message outside the order of any room, for some of its peers. Answers how many took it.</summary>
    int HandOut(in Message message, in Frame frame, IEnumerable<Peer> receivers, FlushBatch batch);
}
