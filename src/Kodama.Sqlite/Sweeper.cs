using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Kodama.Sqlite;

/// <summary>Removes what is too old of rooms, whether they are in memory or not, and forgets rooms of which nothing is left.</summary>
internal sealed class Sweeper(RoomFile file, OpenRooms open, TimeProvider time, ILogger logger)
{
    // So many in one transaction: readers wait for it.
    private const int MostRooms = 100;

    public void Sweep()
    {
        try
        {
            // Nobody is kept waiting when there is nothing to do.
            if (file.Writer is not { } database || !IsDue(database)) return;
            while (SweepSome() == MostRooms)
            {
            }
        }
        catch (SqliteException exception)
        {
            SqliteLog.SweepFailed(logger, file.Folder.Explain(exception));
        }
    }

    private bool IsDue(Database database)
    {
        var statement = database["SELECT 1 FROM rooms WHERE due <= ?1 LIMIT 1"].Bind(1, time.GetUtcNow().ToUnixTimeMilliseconds());
        var isDue = statement.Step();
        statement.Reset();
        return isDue;
    }

    private int SweepSome()
    {
        var count = 0;
        file.Alone(() =>
        {
            if (file.Writer is not { } database) return;
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var due = new List<(RoomRow Row, string Name)>();
            var statement = database[$"SELECT {RoomRow.Columns}, name FROM rooms WHERE due <= ?1 LIMIT {MostRooms}"].Bind(1, now);
            while (statement.Step()) due.Add((RoomRow.Read(statement), statement.Text(12)));
            count = due.Count;
            if (count > 0) Sweep(database, due, now);
        });
        return count;
    }

    private void Sweep(Database database, List<(RoomRow Row, string Name)> due, long now)
    {
        var swept = new List<(SqliteRoom Room, RoomRow Row)>();
        var gone = 0;
        try
        {
            database["BEGIN IMMEDIATE"].Run();
            foreach (var (before, name) in due)
            {
                var row = before;
                Trimmer.TrimAge(database, ref row, now);
                var room = open.Find(name);
                if (room is null && IsOver(database, row, now))
                {
                    database["DELETE FROM rooms WHERE room = ?1"].Bind(1, row.Room).Run();
                    gone++;
                    continue;
                }
                row.Update(database, before);
                if (room is not null) swept.Add((room, row));
            }
            if (gone > 0) database["UPDATE hub SET gone = gone + ?1"].Bind(1, gone).Run();
            database["COMMIT"].Run();
        }
        catch (SqliteException)
        {
            // What the file has is found out before the next commit.
            file.Close_NeedsLock();
            throw;
        }
        open.Gone += gone;
        foreach (var (room, row) in swept)
        {
            room.Row = row;
            room.Trimmed = row.Trimmed;
        }
    }

    private static bool IsOver(Database database, in RoomRow row, long now)
    {
        if (row.Messages > 0 || row.Ids > 0 || row.Time > now - Trimmer.KeepNothing) return false;
        var keys = database["SELECT 1 FROM keys WHERE room = ?1 LIMIT 1"].Bind(1, row.Room);
        if (!keys.Step()) return true;
        keys.Reset();
        return false;
    }
}
