using Kodama.Client.Protocol;

namespace Kodama.Client.Rooms;

/// <summary>Follows what comes of a room: where it stands, what the program gets to read, members and state. Used with the client's lock
/// held.</summary>
/// <param name="queue">What the program reads.</param>
/// <param name="lists">What it can look at.</param>
internal sealed class RoomStream(EntryQueue queue, RoomLists lists)
{
    private readonly EntryMaker maker = new();
    private RoomPosition? position;

    /// <summary>Where to join again: what is before has been told. Null before the room was joined.</summary>
    public RoomPosition? Position => position;

    /// <summary>Whether the reader is: what comes is left in the hub's log then, and the position stays.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>It begins here, or goes on.</summary>
    /// <param name="frame">The hub's answer.</param>
    /// <param name="asked">After which position; null for another start.</param>
    public void Join(HubFrame frame, RoomPosition? asked)
    {
        IsBehind = false;
        var begin = frame.Position ?? throw NoPosition(frame);
        queue.Begin(asked ?? begin);
        position = begin;
        if (frame.IsGap) queue.AddAlways(new RoomGap(asked ?? begin, begin, isOurs: false));
        Replace(frame);
    }

    /// <summary>Up to here it is complete.</summary>
    /// <param name="frame">The hub's mark.</param>
    /// <param name="hasCaughtUp">Whether what was before has been told with it; a room that is live already is told where it stands, and
    /// the program nothing.</param>
    public void Mark(HubFrame frame, bool hasCaughtUp)
    {
        if (IsBehind) return;
        // In another epoch, where it says so.
        var place = frame.Position ?? At(frame.Offset);
        if (frame.GapFrom >= 0) queue.AddAlways(new RoomGap(At(frame.GapFrom), place, isOurs: false));
        position = place;
        Replace(frame);
        if (hasCaughtUp) queue.AddAlways(new CaughtUp(place));
    }

    /// <summary>An entry, or a transient message.</summary>
    /// <returns>Whether the room can go on.</returns>
    public bool Take(HubFrame frame, bool isOwn)
    {
        var place = frame.Offset >= 0 ? At(frame.Offset) : position!.Value;
        RoomEntry entry = frame.Type == FrameType.Message
            ? maker.Message(frame, place, isOwn)
            : EntryMaker.Change(frame, place, isOwn);
        lists.Apply(entry);
        if (IsBehind) return true;
        switch (queue.Add(entry))
        {
            case EntryQueue.Outcome.Taken:
                position = place;
                return true;
            case EntryQueue.Outcome.Full:
                IsBehind = true;
                return true;
            default:
                return false;
        }
    }

    /// <summary>An entry that nobody is to be told of.</summary>
    public void Skip(HubFrame frame)
    {
        if (!IsBehind) position = At(frame.Offset);
    }

    private void Replace(HubFrame frame)
    {
        if (frame.Members is null && frame.State is null) return;
        lists.Replace(frame, frame.At ?? position!.Value);
        queue.AddAlways(new ListsReplaced(position!.Value, lists.Members, lists.State));
    }

    private RoomPosition At(long offset) => new(position!.Value.Epoch, offset);

    private static HubProtocolException NoPosition(HubFrame frame) =>
        new(1002, $"The hub let this client into room {frame.Room.Get()}, and did not say where.");
}
