using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Kodama.Sqlite;

/// <summary>Commits what waits, all of it at once, again and again. On one thread.</summary>
internal sealed class Writer : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly RoomFile file;
    private readonly AppendQueue queue;
    private readonly Delivery delivery;
    private readonly Sweeper sweeper;
    private readonly OpenRooms open;
    private readonly Checkpoints checkpoints;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ManualResetEventSlim stopped = new();
    private readonly Thread thread;

    public Writer(RoomFile file, AppendQueue queue, Delivery delivery, Sweeper sweeper, OpenRooms open, TimeProvider time, ILogger logger)
    {
        this.file = file;
        this.queue = queue;
        this.delivery = delivery;
        this.sweeper = sweeper;
        this.open = open;
        this.time = time;
        this.logger = logger;
        checkpoints = new Checkpoints(file, logger);
        thread = new Thread(Run) { IsBackground = true, Name = "Kodama writer" };
        thread.Start();
    }

    /// <summary>Ends when all that waits is decided.</summary>
    public void Dispose()
    {
        stopped.Set();
        queue.Stop();
        thread.Join();
        stopped.Dispose();
    }

    private void Run()
    {
        var rooms = new List<SqliteRoom>();
        while (queue.Take(rooms, out var sweep))
        {
            if (rooms.Count > 0) Commit(rooms);
            rooms.Clear();
            if (sweep) sweeper.Sweep();
        }
    }

    private void Commit(List<SqliteRoom> rooms)
    {
        try
        {
            if (file.Writer is null) Reopen();
            Write(rooms);
        }
        catch (EngineException exception)
        {
            Fail(rooms, exception.Message);
            return;
        }
        switch (TryCommit())
        {
            case null:
                Deliver(rooms);
                checkpoints.Committed(file.Writer!);
                break;
            // The place for the commit's mark was never written: nothing of it counts.
            case { SqliteErrorCode: raw.SQLITE_FULL } full:
                RollBack();
                Fail(rooms, file.Folder.Explain(full));
                break;
            case var unknown:
                FindOut(rooms, file.Folder.Explain(unknown));
                break;
        }
    }

    private void Write(List<SqliteRoom> rooms)
    {
        try
        {
            file.Writer!["BEGIN IMMEDIATE"].Run();
            var batch = new BatchWriter(file.Writer, time);
            foreach (var room in rooms)
            {
                room.Next = batch.Write(room);
                room.Trimmed = room.Next.Trimmed;
            }
        }
        catch (SqliteException exception)
        {
            RollBack();
            throw new EngineException(file.Folder.Explain(exception), exception);
        }
        catch (Exception exception) when (exception is not EngineException)
        {
            RollBack();
            throw new EngineException($"An entry cannot be written: {exception.Message}", exception);
        }
    }

    private SqliteException? TryCommit()
    {
        try
        {
            file.Writer!["COMMIT"].Run();
            return null;
        }
        catch (SqliteException exception)
        {
            return exception;
        }
    }

    private void RollBack()
    {
        try
        {
            if (file.Writer!.IsInTransaction) file.Writer["ROLLBACK"].Run();
        }
        catch (SqliteException)
        {
            // Nothing was committed, and nothing will be by this connection.
            file.Close();
        }
    }

    private void Deliver(List<SqliteRoom> rooms)
    {
        foreach (var room in rooms) room.Row = room.Next;
        delivery.Deliver(rooms.Select(static room => (room, room.Batch)));
        foreach (var room in rooms) room.Batch = [];
    }

    private void Fail(List<SqliteRoom> rooms, string why)
    {
        SqliteLog.NotKept(logger, rooms.Sum(static room => room.Batch.Count), why);
        foreach (var room in rooms) room.Trimmed = room.Row.Trimmed;
        queue.GiveBack(rooms);
        delivery.Fail(rooms, why);
    }

    private void FindOut(List<SqliteRoom> rooms, string why)
    {
        var count = rooms.Sum(static room => room.Batch.Count);
        SqliteLog.OutcomeUnknown(logger, count, why);
        while (!TryReopen())
        {
            // At the end nobody waits for the answer any more.
            if (stopped.Wait(Pause)) return;
        }
        // It was one transaction: of all rooms, or of none.
        var isKept = rooms.TrueForAll(static room => room.Row.Last == room.Next.Last);
        SqliteLog.OutcomeFound(logger, isKept ? count : 0, isKept ? 0 : count);
        if (isKept) Deliver(rooms);
        else Fail(rooms, why);
    }

    private bool TryReopen()
    {
        try
        {
            Reopen();
            return true;
        }
        catch (EngineException)
        {
            return false;
        }
    }

    // What the file has of the rooms that are in memory is what counts.
    private void Reopen()
    {
        file.Reopen();
        file.Read(reader =>
        {
            open.Gone = reader.Gone();
            foreach (var room in open.All)
            {
                room.Row = reader.Find(room.Name)?.Row ?? new RoomRow();
                room.Trimmed = room.Row.Trimmed;
            }
            return 0;
        });
    }
}
