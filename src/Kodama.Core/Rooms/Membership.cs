namespace Kodama;

/// <summary>A peer's place in a room. What changes is guarded by the room's lock.</summary>
internal sealed class Membership(Room room, Peer peer, JoinRequest request, in RoomGrant? grant)
{
    private volatile MemberPhase phase = request.IsHeld || peer.Encoder is IStreamFormat ? MemberPhase.Held : MemberPhase.CatchingUp;

    // Looked at for each message, where the request itself would be another place in memory.
    private bool hears = request.Messages;

    public Room Room => room;

    public Peer Peer => peer;

    /// <summary>How it wants to be here.</summary>
    public JoinRequest Request
    {
        get;
        set => (field, hears) = (value, value.Messages);
    } = request;

    /// <summary>What its client knows of the room, for the rules that are asked again.</summary>
    public string? Token => Request.Token;

    /// <summary>Whether it is here by an answer of the rules; else the program said so, and nobody was asked.</summary>
    public bool IsGranted { get; } = grant is not null;

    /// <summary>What it may do.</summary>
    public RoomRights Rights { get; set; } = grant?.Rights ?? RoomRights.All;

    /// <summary>Up to which offset the room had come when it joined: what was before takes a right of its own.</summary>
    public long JoinedAt { get; set; }

    /// <summary>Where it stands in the room's list.</summary>
    public int Index { get; set; }

    /// <summary>Which of the room's wire formats it reads.</summary>
    public int Format { get; set; }

    public bool IsLive => phase == MemberPhase.Live;

    public bool IsCatchingUp => phase == MemberPhase.CatchingUp;

    public bool IsGone => phase == MemberPhase.Gone;

    /// <summary>Up to which offset it has everything; counts while it catches up.</summary>
    public long Cursor { get; set; }

    /// <summary>
    /// Where it goes on since the room has another epoch, and whether it has missed something; null where it knows. Until then its
    /// <see cref="Cursor"/> is of the epoch before.
    /// </summary>
    public (long To, bool IsGap)? Moved { get; set; }

    /// <summary>Changes up to this offset it knows from a list.</summary>
    public long ChangesAfter { get; set; }

    /// <summary>An entry that it was not to get, since it was told last how far it is; 0 for none.</summary>
    public long LeftOut { get; set; }

    public bool WantsKeys => Request.Presence || Request.State;

    /// <summary>Whether it may read what came after this offset.</summary>
    public bool MayReadAfter(long offset) => offset >= JoinedAt || (Rights & RoomRights.History) != 0;

    public bool Wants(EntryKind kind) => kind switch
    {
        EntryKind.Presence => Request.Presence,
        EntryKind.State => Request.State,
        _ => hears,
    };

    /// <summary>Its join was answered: it catches up from now on, if it was held.</summary>
    public void Begin()
    {
        lock (room.Gate)
        {
            if (phase == MemberPhase.Held && peer.Encoder is not IStreamFormat) phase = MemberPhase.CatchingUp;
            // Nothing has come since, and the format does not tell how far it is: there is nothing to get.
            var isAll = Cursor == room.Log.Last || (!WantsKeys && !room.Log.HasMessagesBehind(Cursor));
            if (isAll && !peer.Encoder.TellsGaps) GoLive();
            if (!IsCatchingUp) return;
        }
        peer.CatchUp();
    }

    /// <summary>It has everything up to the head, and gets from now on what happens; but not while it is held.</summary>
    public void GoLive()
    {
        if (phase == MemberPhase.CatchingUp) phase = MemberPhase.Live;
    }

    /// <summary>It has everything up to an offset, and reads from there.</summary>
    public void FallBehind(long cursor)
    {
        Cursor = cursor;
        phase = MemberPhase.CatchingUp;
    }

    /// <summary>
    /// The room's log is another by now, or some of it is gone. Who can be told where it stands is told that, and a gap where it misses
    /// something; the others go on behind what they have.
    /// </summary>
    /// <param name="before">The last entry that was handed out before.</param>
    /// <param name="oldest">Messages up to this offset are not all there.</param>
    public void Renew(Position before, long oldest)
    {
        if (IsGone) return;
        var (last, isOther) = (room.Log.Last, before.Epoch != room.Epoch);
        LeftOut = 0;
        JoinedAt = Math.Min(JoinedAt, last);
        if (IsLive) Cursor = before.Offset;
        if (isOther)
        {
            // Of two moves in a row the first counts too: it was not told.
            var isKnown = room.Log.TryFind(before with { Offset = Moved?.To ?? Cursor }, out var to) && Moved is not { IsGap: true };
            ChangesAfter = Math.Min(ChangesAfter, last);
            if (peer.Encoder.CarriesPosition) Moved = (to, !isKnown);
            else Cursor = Math.Clamp(to, Math.Min(oldest, last), last);
            if (IsLive && Moved is null && Cursor == last) return;
        }
        if (phase == MemberPhase.Live) phase = MemberPhase.CatchingUp;
    }

    public void Leave() => phase = MemberPhase.Gone;
}
