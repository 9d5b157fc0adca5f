namespace Kodama;

/// <summary>A peer's place in a room. What changes is guarded by the room's lock.</summary>
internal sealed class Membership(Room room, Peer peer, JoinRequest request)
{
    private volatile bool isLive;

    public Room Room => room;

    public Peer Peer => peer;

    /// <summary>What it may do.</summary>
    public RoomRights Rights { get; set; } = RoomRights.All;

    /// <summary>By which answer of the rules it is here; null, where the program said so, and nobody was asked.</summary>
    public RoomGrant? Grant { get; init; }

    /// <summary>Up to which offset the room had come when it joined: what was before takes a right of its own.</summary>
    public long JoinedAt { get; set; }

    /// <summary>Behind which offset it begins, where that was asked of an engine.</summary>
    public long? Start { get; init; }

    /// <summary>How it wanted to be here.</summary>
    public JoinRequest Request => request;

    /// <summary>Where it stands in the room's list.</summary>
    public int Index { get; set; }

    /// <summary>Which of the room's wire formats it reads.</summary>
    public int Format { get; set; }

    /// <summary>Whether it gets what happens as it happens. If not, it catches up: what is handed out meanwhile it will find in the
    /// log.</summary>
    public bool IsLive { get => isLive; set => isLive = value; }

    /// <summary>Up to which offset it has everything; counts while it catches up.</summary>
    public long Cursor { get; set; }

    /// <summary>Whether it waits for <see cref="Begin"/>.</summary>
    public bool IsHeld { get; private set; } = request.IsHeld;

    /// <summary>Whether it has left.</summary>
    public bool IsGone { get; set; }

    /// <summary>Changes up to this offset it knows from a list.</summary>
    public long ChangesAfter { get; set; }

    /// <summary>An entry that it was not to get, since it was told last how far it is; 0 for none.</summary>
    public long LeftOut { get; set; }

    /// <summary>Whether it may read what came after this offset.</summary>
    public bool MayReadAfter(long offset) => offset >= JoinedAt || (Rights & RoomRights.History) != 0;

    public bool WantsKeys => request.Presence || request.State;

    public bool Wants(EntryKind kind) => kind switch
    {
        EntryKind.Presence => request.Presence,
        EntryKind.State => request.State,
        _ => true,
    };

    public void Begin()
    {
        lock (room.Gate) IsHeld = false;
        peer.CatchUp();
    }
}
