namespace Kodama.SocketIO;

/// <summary>Whom an event was for. Rooms are those of the hub; one is the usual case and takes no array.</summary>
internal readonly record struct RecoveryEntry
{
    public long Number { get; init; }

    /// <summary>A room, or an array of them.</summary>
    public object Rooms { get; init; }

    /// <summary>Rooms whose sockets do not get it, or null.</summary>
    public string[]? ExceptRooms { get; init; }

    /// <summary>The id of a socket that does not get it, a set of them, or null.</summary>
    public object? ExceptIds { get; init; }

    public int Start { get; init; }

    public int Length { get; init; }

    /// <summary>Whether it was for the socket with this id, that was in rooms as this history tells.</summary>
    public bool IsFor(string id, RoomHistory history)
    {
        if (ExceptIds is string sole ? sole == id : ExceptIds is HashSet<string> ids && ids.Contains(id)) return false;
        var number = Number;
        var isIn = Rooms is string room ? history.WasIn(room, number) : Array.Exists((string[])Rooms, r => history.WasIn(r, number));
        return isIn && (ExceptRooms is null || !Array.Exists(ExceptRooms, r => history.WasIn(r, number)));
    }
}
