namespace Kodama.Sqlite;

/// <summary>Rooms of which something may be taken, the first ones first. To find them all rooms are looked at, so not for each
/// slice.</summary>
/// <param name="sql">The rooms and their names, in order.</param>
/// <param name="time">The clock.</param>
/// <param name="mayGive">Whether the room of this name is one of them.</param>
internal sealed class Candidates(string sql, TimeProvider time, Func<string, bool> mayGive)
{
    // Looking at 131,072 rooms takes some 80 ms.
    private const int Most = 4096;
    private static readonly TimeSpan MostAge = TimeSpan.FromSeconds(10);

    private readonly Queue<long> rooms = new();
    private long found;

    /// <summary>Looks for them, unless it has some of late.</summary>
    public void Find(Database database)
    {
        if (rooms.Count > 0 && time.GetElapsedTime(found) < MostAge) return;
        rooms.Clear();
        found = time.GetTimestamp();
        var statement = database[sql];
        // Counted behind the question: those that may not give, and come first, would hide all others.
        while (rooms.Count < Most && statement.Step())
        {
            if (mayGive(statement.Text(1))) rooms.Enqueue(statement.Long(0));
        }
        statement.Reset();
    }

    public bool TryTake(out long room) => rooms.TryDequeue(out room);
}
