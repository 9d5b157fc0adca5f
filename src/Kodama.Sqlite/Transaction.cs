using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Kodama.Sqlite;

/// <summary>What one commit has of all its rooms. On the writer's thread.</summary>
internal sealed class Transaction(RoomFile file, OpenRooms open, TimeProvider time)
{
    // What it takes beyond as many messages as it writes: more waits for the sweeper, and no commit for it.
    private const int MostTaken = 4096;

    private int added;
    private int left;

    /// <summary>Writes it, all but the COMMIT.</summary>
    /// <param name="rooms">Those that have a part in it.</param>
    /// <returns>Those of them that have none, as something of theirs cannot be written, and why.</returns>
    /// <exception cref="EngineException">Nothing can be written.</exception>
    public List<(SqliteRoom Room, string Why)> Write(IReadOnlyList<SqliteRoom> rooms)
    {
        List<(SqliteRoom Room, string Why)> refused = [];
        try
        {
            Begin();
            foreach (var room in rooms) Write(room, refused);
            return refused;
        }
        catch (SqliteException exception) when (!IsOfARoom(exception))
        {
            RollBack();
            throw new EngineException(file.Folder.Explain(exception), exception);
        }
        catch (Exception exception) when (IsOfARoom(exception))
        {
            RollBack();
        }
        return WriteApart(rooms);
    }

    /// <summary>Ends it; what was wrong, if it could not.</summary>
    public SqliteException? TryCommit()
    {
        try
        {
            // Here, as it costs a lock outside of a transaction.
            var usedBytes = file.Writer!.UsedBytes();
            file.Writer["COMMIT"].Run();
            open.Stored += added;
            open.UsedBytes = usedBytes;
            return null;
        }
        catch (SqliteException exception)
        {
            return exception;
        }
    }

    /// <summary>Nothing of it is kept.</summary>
    public void RollBack()
    {
        try
        {
            if (file.Writer is { IsInTransaction: true } writer) writer["ROLLBACK"].Run();
        }
        catch (SqliteException)
        {
            // Nothing was committed, and nothing will be by this connection.
            file.Close();
        }
    }

    // A second time, behind a mark for each room: only then, as marks cost a copy of each page that is changed.
    private List<(SqliteRoom Room, string Why)> WriteApart(IReadOnlyList<SqliteRoom> rooms)
    {
        List<(SqliteRoom Room, string Why)> refused = [];
        try
        {
            Begin();
            foreach (var room in rooms)
            {
                file.Writer!["SAVEPOINT room"].Run();
                try
                {
                    Write(room, refused);
                }
                catch (Exception exception) when (IsOfARoom(exception))
                {
                    file.Writer["ROLLBACK TO room"].Run();
                    refused.Add((room, $"An entry cannot be written: {(exception is SqliteException sqlite ? file.Folder.Explain(sqlite)
                        : exception.Message)}"));
                }
                file.Writer["RELEASE room"].Run();
            }
            return refused;
        }
        catch (SqliteException exception)
        {
            RollBack();
            throw new EngineException(file.Folder.Explain(exception), exception);
        }
    }

    private void Begin()
    {
        if (file.Writer is not { } writer) throw new EngineException($"{file.Folder.Path} has to be opened again: try again.");
        writer["BEGIN IMMEDIATE"].Run();
        added = 0;
        left = MostTaken;
    }

    private void Write(SqliteRoom room, List<(SqliteRoom Room, string Why)> refused)
    {
        var isNew = room.Row.Room == 0 && room.Batch.Exists(static entry => !entry.IsTransient);
        if (isNew && open.Stored + added >= file.Folder.Options.MaxRooms)
        {
            refused.Add((room, $"{file.Folder.Path} has as many rooms as it may ({file.Folder.Options.MaxRooms}): raise MaxRooms."));
            return;
        }
        room.Next = new BatchWriter(file.Writer!, time).Write(room, ref left);
        room.Trimmed = room.Next.Trimmed;
        if (isNew) added++;
    }

    // What is wrong with an entry, or with the pages of its room; not with the file, the disk or the memory.
    private static bool IsOfARoom(Exception exception) => exception is SqliteException sqlite
        ? sqlite.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_CORRUPT
        : exception is not EngineException;
}
