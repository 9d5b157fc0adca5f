using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Kodama.Sqlite;

/// <summary>
/// Takes what is too old or too much of rooms, whether they are in memory or not, and forgets rooms of which nothing is left: a slice at a
/// time, so that no commit waits for all of it. On the writer's thread.
/// </summary>
internal sealed class Sweeper(RoomFile file, OpenRooms open, TimeProvider time, ILogger logger)
{
    private const int MostRooms = 256;

    private readonly Evictor evictor = new(open, file.Folder.Options, time);
    private bool isInVain;

    /// <summary>Takes a slice, behind each commit; whether there is more to take at once.</summary>
    /// <param name="isDue">Whether to look for what is old too, and not only whether the file nears its bounds.</param>
    public bool Sweep(bool isDue)
    {
        try
        {
            if (file.Writer is not { } database) return false;
            if (isDue) isInVain = false;
            // Nobody is kept waiting when there is nothing to do.
            if (!(isDue && IsDue(database)) && (isInVain || !evictor.IsNeeded)) return false;
            var hasMore = false;
            Slice.Run(file, open, slice => hasMore = (isDue && TakeOld(slice)) || Evict(slice));
            return hasMore;
        }
        catch (SqliteException exception)
        {
            SqliteLog.SweepFailed(logger, file.Folder.Explain(exception));
            return false;
        }
    }

    private bool IsDue(Database database)
    {
        var statement = database["SELECT 1 FROM rooms WHERE due <= ?1 LIMIT 1"].Bind(1, Now);
        var isDue = statement.Step();
        statement.Reset();
        return isDue;
    }

    private bool TakeOld(Slice slice)
    {
        var due = new List<(RoomRow Row, string Name)>();
        var now = Now;
        var statement = slice.Database[$"SELECT {RoomRow.Columns}, name FROM rooms WHERE due <= ?1 LIMIT {MostRooms}"].Bind(1, now);
        while (statement.Step()) due.Add((RoomRow.Read(statement), statement.Text(12)));
        foreach (var (row, name) in due)
        {
            if (slice.IsFull) return true;
            slice.TakeOld(row, name, now);
        }
        return slice.IsFull || due.Count == MostRooms;
    }

    private bool Evict(Slice slice)
    {
        if (!evictor.IsNeeded) return false;
        isInVain = !evictor.Evict(slice);
        return !isInVain;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
}
