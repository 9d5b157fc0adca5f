namespace Kodama.Sqlite;

/// <summary>
/// Keeps the file within its bounds: the largest rooms give messages, and those that are silent longest give way. On the writer's thread.
/// </summary>
internal sealed class Evictor(OpenRooms open, SqliteOptions bounds, TimeProvider time)
{
    private const string Silent =
        """
        SELECT room, name FROM rooms WHERE NOT EXISTS (SELECT 1 FROM keys WHERE keys.room = rooms.room AND action <> 3)
        ORDER BY time
        """;

    private const string Largest = "SELECT room, name FROM rooms WHERE bytes > 0 ORDER BY bytes DESC";

    private readonly Candidates silent = new(Silent, time, name => open.Find(name) is null);
    private readonly Candidates largest = new(Largest, time, static _ => true);
    private readonly long mostBytes = bounds.MaxBytes - (bounds.MaxBytes / 8);
    private readonly long mostRooms = bounds.MaxRooms - (bounds.MaxRooms / 8);

    /// <summary>Whether the file nears its bounds.</summary>
    public bool IsNeeded => open.UsedBytes > mostBytes || open.Stored > mostRooms;

    /// <summary>Takes something; false, if there was nothing to take.</summary>
    public bool Evict(Slice slice)
    {
        var isTaken = false;
        if (open.Stored > mostRooms) silent.Find(slice.Database);
        while (!slice.IsFull && open.Stored - slice.Forgotten > mostRooms && silent.TryTake(out var room)) isTaken |= slice.TakeAll(room);
        if (open.UsedBytes > mostBytes) largest.Find(slice.Database);
        while (!slice.IsFull && slice.Database.UsedBytes() > mostBytes && largest.TryTake(out var room)) isTaken |= slice.TakeHalf(room);
        return isTaken;
    }
}
