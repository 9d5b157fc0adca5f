namespace Kodama.Sqlite;

/// <summary>Rooms of which something may be taken, the first ones first. To find them all rooms are looked at, so not for each
/// slice.</summary>
internal sealed class Candidates(string sql, TimeProvider time)
{
    // Looking at 100,000 rooms takes some 50 ms.
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
        var statement = database[sql].Bind(1, Most);
        while (statement.Step()) rooms.Enqueue(statement.Long(0));
    }

    public bool TryTake(out long room) => rooms.TryDequeue(out room);
}
