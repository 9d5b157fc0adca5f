using Microsoft.Data.Sqlite;

namespace Kodama.Sqlite;

/// <summary>
/// The connections to the file: one that writes, and some that read beside it. Whoever has to be alone with the file keeps readers out.
/// </summary>
internal sealed class RoomFile : IDisposable
{
    private const int MostIdle = 4;

    private readonly DataFolder folder;
    private readonly ReaderWriterLockSlim access = new();
    private readonly Stack<RoomsReader> idle = new();
    private readonly Lock checkpointing = new();
    private Database? writer;
    private Database? checkpointer;
    private bool isDisposed;

    public RoomFile(DataFolder folder)
    {
        this.folder = folder;
        writer = folder.OpenWriter();
    }

    public DataFolder Folder => folder;

    /// <summary>The writer's own connection; null, while the file cannot be opened again.</summary>
    public Database? Writer => writer;

    /// <summary>Reads as of one moment, in which nobody is alone with the file.</summary>
    /// <exception cref="EngineException">It cannot be read.</exception>
    public T Read<T>(Func<RoomsReader, T> read)
    {
        access.EnterReadLock();
        try
        {
            var reader = Rent();
            var isWell = false;
            try
            {
                var result = folder.Translate(() => reader.InTransaction(read));
                isWell = true;
                return result;
            }
            finally
            {
                Return(reader, isWell);
            }
        }
        finally
        {
            access.ExitReadLock();
        }
    }

    /// <summary>Does something while nobody reads, and no room appears.</summary>
    public void Alone(Action action)
    {
        access.EnterWriteLock();
        try
        {
            action();
        }
        finally
        {
            access.ExitWriteLock();
        }
    }

    /// <summary>
    /// Lets all connections go and opens the file again; when it ends, what is in the file is on the disk. An fsync that failed once may
    /// say the next time that all is well: so all that the log holds is written anew, into the tables, and those are synced.
    /// </summary>
    /// <exception cref="EngineException">It cannot be opened.</exception>
    public void Reopen() => Alone(() =>
    {
        Close_NeedsLock();
        writer = folder.OpenWriter();
        try
        {
            folder.Translate(() => writer.Read("PRAGMA wal_checkpoint(TRUNCATE)") == 0
                ? 0 : throw new SqliteException("The log is in use.", SQLitePCL.raw.SQLITE_BUSY));
        }
        catch
        {
            Close_NeedsLock();
            throw;
        }
    });

    /// <summary>Copies what the log holds into the tables, beside the writer; answers how many pages it has, and how many are
    /// left.</summary>
    /// <exception cref="EngineException">It cannot.</exception>
    public (long Length, long Left) Checkpoint()
    {
        lock (checkpointing)
        {
            if (isDisposed) return default;
            checkpointer ??= folder.OpenCheckpointer();
            return folder.Translate(checkpointer.Checkpoint);
        }
    }

    public void Dispose()
    {
        lock (checkpointing) isDisposed = true;
        Close();
        access.Dispose();
        folder.Dispose();
    }

    /// <summary>Lets all connections go, until <see cref="Reopen"/>.</summary>
    public void Close() => Alone(Close_NeedsLock);

    public void Close_NeedsLock()
    {
        foreach (var reader in idle) reader.Dispose();
        idle.Clear();
        lock (checkpointing)
        {
            checkpointer?.Dispose();
            checkpointer = null;
        }
        writer?.Dispose();
        writer = null;
    }

    private RoomsReader Rent()
    {
        lock (idle)
        {
            if (idle.TryPop(out var reader)) return reader;
        }
        return new RoomsReader(folder.OpenReader());
    }

    private void Return(RoomsReader reader, bool isWell)
    {
        lock (idle)
        {
            if (isWell && idle.Count < MostIdle)
            {
                idle.Push(reader);
                return;
            }
        }
        reader.Dispose();
    }
}
