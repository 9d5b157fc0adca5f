namespace Kodama.SocketIO;

/// <summary>Whom an event was for. Rooms are those of the hub; one is the usual case and takes no array.</summary>
internal readonly record struct RecoveryEntry
{
    // Of the entry itself, in a list with room to spare; of a string or an element of a set, beside its characters.
    private const int OwnCost = 64;
    private const int CostOfName = 32;

    public long Number { get; init; }

    /// <summary>A room, or an array of them.</summary>
    public object Rooms { get; init; }

    /// <summary>Rooms whose sockets do not get it, or null.</summary>
    public string[]? ExceptRooms { get; init; }

    /// <summary>The id of a socket that does not get it, a set of them, or null.</summary>
    public object? ExceptIds { get; init; }

    public int Start { get; init; }

    public int Length { get; init; }

    /// <summary>What it takes in memory beside its frame, in bytes, about.</summary>
    public int Cost => OwnCost + CostOf(Rooms) + CostOf(ExceptRooms) + CostOf(ExceptIds);

    /// <summary>Whether it was for the socket with this id, that was in rooms as this history tells.</summary>
    public bool IsFor(string id, RoomHistory history)
    {
        if (ExceptIds is string sole ? sole == id : ExceptIds is HashSet<string> ids && ids.Contains(id)) return false;
        var number = Number;
        var isIn = Rooms is string room ? history.WasIn(room, number) : Array.Exists((string[])Rooms, r => history.WasIn(r, number));
        return isIn && (ExceptRooms is null || !Array.Exists(ExceptRooms, r => history.WasIn(r, number)));
    }

    private static int CostOf(object? names) => names switch
    {
        string name => CostOfName + (2 * name.Length),
        IReadOnlyCollection<string> many => many.Sum(CostOf),
        _ => 0,
    };
}
