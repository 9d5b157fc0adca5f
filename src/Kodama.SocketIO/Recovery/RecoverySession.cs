namespace Kodama.SocketIO;

/// <summary>What is known of one socket that may come back, through all of its connections. What changes is guarded by the stream's lock;
/// while it is on its way back, it is that connection's.</summary>
/// <param name="id">The socket's id.</param>
/// <param name="pid">Its secret.</param>
internal sealed class RecoverySession(string id, string pid)
{
    // Stays that have ended: every event that it may have missed is looked for in all of them.
    private const int MostPast = 64;

    private readonly List<Stay> stays = [];

    public string Id => id;

    public string Pid => pid;

    /// <summary>The peer that gets what is handed out; null before and between its connections: then it misses it.</summary>
    public Peer? Listener { get; private set; }

    /// <summary>The last event before it was told for the first time that it is connected: it has missed none up to here.</summary>
    public long Start { get; set; }

    /// <summary>The last event that a connection of its heard.</summary>
    public long End { get; set; }

    /// <summary>Whether the client has been told its secret.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Whether it has ended for good.</summary>
    public bool IsOver { get; set; }

    /// <summary>Stays are remembered that went on after this event: of earlier ones it cannot be told whom they were for. 0 for
    /// none.</summary>
    public long Forgotten { get; set; }

    /// <summary>The last event that it was sent.</summary>
    public long Late { get; set; }

    /// <summary>The last event that it was sent of the older half of the log, as the halves were when <see cref="Late"/> was.</summary>
    public long Early { get; set; }

    /// <summary>Which hand-out has met it last.</summary>
    public long Mark { get; set; }

    /// <summary>While it is on its way back: up to where there is nothing that it has missed.</summary>
    public long Seen { get; set; }

    /// <summary>While it is away: the rooms that it was in, as the program names them.</summary>
    public IReadOnlyList<string> Rooms { get; set; } = [];

    /// <summary>While it is away: what the program keeps with it.</summary>
    public IDictionary<string, object?>? Data { get; set; }

    /// <summary>Whether another process has known it, and passed it on.</summary>
    public bool IsRestored { get; init; }

    public List<Stay> Stays => stays;

    /// <summary>Held while its stays follow its peer's rooms.</summary>
    public Lock Following { get; } = new();

    /// <summary>It is in the room for all events after this one; answers since when.</summary>
    public Stay Join(string room, long last)
    {
        // A socket that is back has been there all the time.
        var stay = stays.Find(s => s.IsOpen && s.Room == room);
        if (stay is null) stays.Add(stay = new Stay(this, room, last));
        stay.IsEntered = true;
        return stay;
    }

    /// <summary>It is not in the room for events after this one; what ended before <paramref name="trimmed"/> is forgotten.</summary>
    public void Leave(Stay stay, long last, long trimmed)
    {
        stay.To = last;
        stays.RemoveAll(s => s.To <= trimmed || s.To == s.From);
        if (stays.Count(static s => !s.IsOpen) <= MostPast) return;
        var oldest = stays.Where(static s => !s.IsOpen).MinBy(static s => s.To)!;
        stays.Remove(oldest);
        Forgotten = Math.Max(Forgotten, oldest.To);
    }

    /// <summary>The peer hears from now on.</summary>
    public void Begin(Peer peer)
    {
        Listener = peer;
        IsKnown = true;
        (Rooms, Data) = ([], null);
    }

    /// <summary>The peer hears no more. False, where it is that of an earlier connection.</summary>
    public bool Stop(Peer? peer, long last)
    {
        if (Listener is null || Listener != peer) return false;
        Listener = null;
        End = last;
        return true;
    }

    /// <summary>It is sent an event.</summary>
    /// <param name="number">Which.</param>
    /// <param name="middle">Up to which event the log is old.</param>
    public void Delivered(long number, long middle)
    {
        if (Late <= middle) Early = Late;
        Late = number;
    }

    /// <summary>Whether it may lack something that it was sent, and that is not kept any more. It is not known of everything that it was
    /// sent whether it is kept: then it may.</summary>
    public bool MayHaveLost(long seen, long trimmed, long middle) =>
        trimmed > seen && Late > seen && !(trimmed <= middle && Late > middle && Early <= seen);

    /// <summary>Whether it was meant by an event.</summary>
    public bool IsMeant(ReadOnlySpan<char> audience, long number)
    {
        var isMeant = false;
        for (var parts = new AudienceReader(audience); parts.Next();)
        {
            if (!(parts.IsRoom ? WasIn(parts.Name, number) : parts.Name.SequenceEqual(id))) continue;
            if (parts.IsException) return false;
            isMeant = true;
        }
        return isMeant;
    }

    private bool WasIn(ReadOnlySpan<char> room, long number)
    {
        foreach (var stay in stays)
        {
            if (number > stay.From && number <= stay.To && room.SequenceEqual(stay.Room)) return true;
        }
        return false;
    }
}
