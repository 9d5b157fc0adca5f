using Microsoft.Data.Sqlite;

namespace Kodama.Sqlite;

/// <summary>
/// A short transaction that takes something from rooms, in memory or not, while nobody reads and no room appears. On the writer's thread.
/// </summary>
internal sealed class Slice(Database database, OpenRooms open)
{
    // Commits and readers wait for it: some 10 ms.
    private const int MostRows = 4096;

    private readonly List<(SqliteRoom Room, RoomRow Row)> changed = [];
    private int left = MostRows;

    public Database Database => database;

    /// <summary>Whether it has looked at and taken as much as it may.</summary>
    public bool IsFull => left <= 0;

    /// <summary>How many rooms it forgets.</summary>
    public int Forgotten { get; private set; }

    /// <summary>Takes what is too old, or too much, as far as it may; forgets the room, if nothing is left and it may be.</summary>
    public void TakeOld(in RoomRow before, string name, long now)
    {
        var row = before;
        left -= 1 + Trimmer.TrimAge(database, ref row, now, left);
        // Of others it is not known how much they may keep.
        if (open.Find(name) is { } room)
        {
            left -= Trimmer.TrimCount(database, ref row, room.Retention, skipped: 0, left);
            if (Trimmer.IsTooMuch(row, room.Retention)) row.Due = now;
        }
        var isNothingLeft = row is { Messages: 0, Ids: 0, Removals: 0 } && row.Time <= now - Trimmer.KeepNothing;
        if (isNothingLeft && MayForget(row, name)) Forget(row);
        else Update(before, row, name);
    }

    /// <summary>Takes the oldest messages, as far as it may, until half of their bytes are left; false, if there are none.</summary>
    public bool TakeHalf(long room)
    {
        var most = left--;
        if (Find(room) is not var (before, name) || before.Messages == 0) return false;
        var row = before;
        left -= Trimmer.TrimBytes(database, ref row, before.Bytes / 2, most);
        Update(before, row, name);
        return true;
    }

    /// <summary>Forgets a room with all that is kept of it, or as much of that as it may; false, if it is in memory or has keys.</summary>
    public bool TakeAll(long room)
    {
        var most = left--;
        if (Find(room) is not var (before, name) || !MayForget(before, name)) return false;
        var row = before;
        left -= Trimmer.TrimBytes(database, ref row, -1, most);
        if (row.Messages > 0)
        {
            Update(before, row, name);
            return true;
        }
        database["DELETE FROM ids WHERE room = ?1"].Bind(1, row.Room).Run();
        left -= (int)(row.Ids + row.Removals);
        Forget(row);
        return true;
    }

    /// <summary>Does something of it; the file is closed if that fails, as it is not known what it has then.</summary>
    public static void Run(RoomFile file, OpenRooms open, Action<Slice> action) => file.Alone(() =>
    {
        if (file.Writer is not { } database) return;
        try
        {
            database["BEGIN IMMEDIATE"].Run();
            var slice = new Slice(database, open);
            action(slice);
            slice.Commit();
        }
        catch (SqliteException)
        {
            // What the file has is found out before the next commit.
            file.Close_NeedsLock();
            throw;
        }
    });

    private void Commit()
    {
        if (Forgotten > 0) database["UPDATE hub SET gone = gone + ?1"].Bind(1, Forgotten).Run();
        var usedBytes = database.UsedBytes();
        database["COMMIT"].Run();
        open.UsedBytes = usedBytes;
        open.Gone += Forgotten;
        open.Stored -= Forgotten;
        foreach (var (room, row) in changed)
        {
            room.Row = row;
            room.Trimmed = row.Trimmed;
        }
    }

    private (RoomRow Row, string Name)? Find(long room)
    {
        var statement = database[$"SELECT {RoomRow.Columns}, name FROM rooms WHERE room = ?1"].Bind(1, room);
        if (!statement.Step()) return null;
        var found = (RoomRow.Read(statement), statement.Text(12));
        statement.Reset();
        return found;
    }

    private bool MayForget(in RoomRow row, string name)
    {
        if (open.Find(name) is not null) return false;
        var keys = database["SELECT 1 FROM keys WHERE room = ?1 AND action <> 3 LIMIT 1"].Bind(1, row.Room);
        if (!keys.Step()) return true;
        keys.Reset();
        return false;
    }

    private void Forget(in RoomRow row)
    {
        database["DELETE FROM keys WHERE room = ?1"].Bind(1, row.Room).Run();
        database["DELETE FROM rooms WHERE room = ?1"].Bind(1, row.Room).Run();
        Forgotten++;
    }

    private void Update(in RoomRow before, in RoomRow row, string name)
    {
        row.Update(database, before);
        if (open.Find(name) is { } room) changed.Add((room, row));
    }
}
