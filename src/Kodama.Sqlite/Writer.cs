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
    private readonly ILogger logger;
    private readonly ManualResetEventSlim stopped = new();
    private readonly Transaction transaction;
    private readonly Thread thread;
    private string? lost;

    public Writer(RoomFile file, AppendQueue queue, Delivery delivery, Sweeper sweeper, OpenRooms open, TimeProvider time, ILogger logger)
    {
        this.file = file;
        this.queue = queue;
        this.delivery = delivery;
        this.sweeper = sweeper;
        this.open = open;
        this.logger = logger;
        checkpoints = new Checkpoints(file, logger);
        transaction = new Transaction(file, open, time);
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
            if (sweeper.Sweep(isDue: sweep)) queue.RequestSweep();
        }
    }

    private void Commit(List<SqliteRoom> rooms)
    {
        try
        {
            if (lost is not null) throw new EngineException(lost);
            if (file.Writer is null) Reopen();
            foreach (var refused in transaction.Write(rooms).GroupBy(static refused => refused.Why, static refused => refused.Room))
            {
                var theirs = refused.ToHashSet();
                rooms.RemoveAll(theirs.Contains);
                Fail(theirs, refused.Key);
            }
        }
        catch (EngineException exception)
        {
            Fail(rooms, exception.Message);
            return;
        }
        switch (transaction.TryCommit())
        {
            case null:
                Deliver(rooms);
                checkpoints.Committed(file.Writer!);
                break;
            // The place for the commit's mark was never written: nothing of it counts.
            case { SqliteErrorCode: raw.SQLITE_FULL } full:
                transaction.RollBack();
                Fail(rooms, file.Folder.Explain(full));
                break;
            case var unknown:
                FindOut(rooms, file.Folder.Explain(unknown));
                break;
        }
    }

    private void Deliver(List<SqliteRoom> rooms)
    {
        foreach (var room in rooms) room.Row = room.Next;
        delivery.Deliver(rooms.Select(static room => (room, room.Batch)));
        foreach (var room in rooms) room.Batch = [];
    }

    private void Fail(IReadOnlyCollection<SqliteRoom> rooms, string why)
    {
        SqliteLog.NotKept(logger, rooms.Sum(static room => room.Batch.Count), why);
        foreach (var room in rooms) room.Trimmed = room.Row.Trimmed;
        queue.GiveBack(rooms);
        delivery.Fail(rooms, why);
    }

    // The hub ends first. What came behind was never written.
    private void GiveUp(List<SqliteRoom> rooms, string why)
    {
        lost = why;
        file.Close();
        delivery.TellUnknown(rooms.Select(static room => (room, room.Batch)), why);
        foreach (var room in rooms) room.Batch = [];
    }

    private void FindOut(List<SqliteRoom> rooms, string why)
    {
        var count = rooms.Sum(static room => room.Batch.Count);
        SqliteLog.OutcomeUnknown(logger, count, why);
        while (!TryReopen())
        {
            if (!stopped.Wait(Pause)) continue;
            GiveUp(rooms, why);
            return;
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
        try
        {
            file.Read(reader =>
            {
                (open.Gone, open.Stored, open.UsedBytes) = reader.Counts();
                foreach (var room in open.All)
                {
                    room.Row = reader.Find(room.Name)?.Row ?? new RoomRow();
                    room.Trimmed = room.Row.Trimmed;
                }
                return 0;
            });
        }
        catch
        {
            // Or rows that are out of date would be written back.
            file.Close();
            throw;
        }
    }
}
