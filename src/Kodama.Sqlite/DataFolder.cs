using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Kodama.Sqlite;

/// <summary>The folder of a hub's rooms: <c>rooms.db</c>, and a lock that says that a hub is at work on it.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string FileName = "rooms.db";
    private const string LockName = "rooms.lock";

    private readonly FileStream held;

    /// <summary>Takes the folder, which appears if there is none.</summary>
    /// <exception cref="EngineException">It cannot be, or another hub has it.</exception>
    public DataFolder(string folder, SqliteOptions options, ILogger logger)
    {
        Options = options;
        var full = System.IO.Path.GetFullPath(folder);
        Path = System.IO.Path.Combine(full, FileName);
        try
        {
            FileRights.MakeFolder(full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{full} cannot be made ({exception.Message.TrimEnd('.')}): give a folder that this user may write.",
                exception);
        }
        var lockPath = System.IO.Path.Combine(full, LockName);
        try
        {
            if (!File.Exists(Path)) Open(Path).Dispose();
            held = Open(lockPath);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new EngineException($"{full} cannot be written: give this user the right to, or take another folder.", exception);
        }
        catch (IOException exception) when (File.Exists(lockPath) && IsWritable(full))
        {
            throw new EngineException($"{full} belongs to a hub that runs: stop it, or take another folder.", exception);
        }
        catch (IOException exception)
        {
            throw new EngineException($"{full} cannot be written ({exception.Message.TrimEnd('.')}): make room or take another folder.",
                exception);
        }
        if (RightsOfOthers(full, Path) is { } rights) SqliteLog.ReadableByOthers(logger, Path, rights);
    }

    /// <summary>What the file may hold.</summary>
    public SqliteOptions Options { get; }

    /// <summary>Of the file.</summary>
    public string Path { get; }

    /// <summary>
    /// A connection that writes: what it commits is on the disk. Makes the tables of a new file, and refuses one that is not understood.
    /// </summary>
    /// <exception cref="EngineException">The file is not to be used.</exception>
    public Database OpenWriter() => Translate(() =>
    {
        var database = new Database(Path);
        try
        {
            Prepare(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    });

    /// <summary>A connection that reads.</summary>
    /// <exception cref="EngineException">It cannot.</exception>
    public Database OpenReader() => Translate(() =>
    {
        var database = new Database(Path);
        database.Execute("PRAGMA query_only = 1");
        return database;
    });

    /// <summary>A connection that copies what the log holds into the tables.</summary>
    /// <exception cref="EngineException">It cannot.</exception>
    public Database OpenCheckpointer() => Translate(() =>
    {
        var database = new Database(Path);
        Sync(database);
        return database;
    });

    /// <summary>Does what may fail, and says with which file and what to do.</summary>
    public T Translate<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException exception)
        {
            throw new EngineException(Explain(exception), exception);
        }
    }

    /// <summary>What is wrong, and what to do.</summary>
    public string Explain(SqliteException exception) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_FULL =>
            $"{Path} cannot grow, as the disk is full, or it has the {Options.MaxBytes} bytes that it may (MaxBytes): make room.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
            $"{Path} is damaged ({exception.Message}): put a copy of the folder back, or move it away and begin anew.",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
            $"{Path} cannot be written: give this user the right to, or take another folder.",
        raw.SQLITE_CANTOPEN => $"{Path} cannot be opened: give this user the right to read and write it, or take another folder.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"{Path} is held by another program: end it.",
        raw.SQLITE_IOERR =>
            $"{Path} cannot be read or written (error {exception.SqliteExtendedErrorCode} of the device): look to the disk.",
        _ => $"{Path} cannot be used ({exception.Message}, error {exception.SqliteExtendedErrorCode}).",
    };

    public void Dispose() => held.Dispose();

    private void Prepare(Database database)
    {
        var version = database.Read("PRAGMA user_version");
        var application = database.Read("PRAGMA application_id");
        if (version > Schema.Version && application == Schema.ApplicationId)
        {
            throw new EngineException(
                $"{Path} is of a newer Kodama (form {version}; this one knows {Schema.Version}): update it, or take another folder.");
        }
        if (application != Schema.ApplicationId && (application != 0 || database.Read("SELECT count(*) FROM sqlite_schema") > 0))
            throw new EngineException($"{Path} is another program's file: take another folder.");
        // By its own word: a file system without shared memory keeps to another mode.
        if (database.ReadText("PRAGMA journal_mode = WAL") != "wal")
            throw new EngineException($"{Path} is on a file system that a log cannot be kept on (no WAL): take a folder of a local disk.");
        Sync(database);
        // See Checkpoints.
        database.Execute("PRAGMA wal_autocheckpoint = 0");
        database.Execute("PRAGMA journal_size_limit = 67108864");
        database.Execute("PRAGMA cache_size = -16384");
        database.Execute($"PRAGMA max_page_count = {Options.MaxBytes / database.PageBytes}");
        if (version == 0) Create(database);
    }

    private static void Sync(Database database)
    {
        database.Execute("PRAGMA synchronous = FULL");
        // A Mac's fsync asks less of the disk than others'.
        database.Execute("PRAGMA fullfsync = 1");
        database.Execute("PRAGMA checkpoint_fullfsync = 1");
    }

    private static void Create(Database database)
    {
        database.Execute("BEGIN IMMEDIATE");
        foreach (var table in Schema.Tables) database.Execute(table);
        Span<byte> random = stackalloc byte[64];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        database["INSERT INTO hub (id, identity, sessions, gone) VALUES (1, ?1, ?2, 0)"].Bind(1, random[..32]).Bind(2, random[32..]).Run();
        database.Execute($"PRAGMA application_id = {Schema.ApplicationId}");
        database.Execute($"PRAGMA user_version = {Schema.Version}");
        database.Execute("COMMIT");
    }

    private static FileStream Open(string path) =>
        new(path, FileRights.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));

    // The file's rights, where others may come to it and read it.
    private static UnixFileMode? RightsOfOthers(string folder, string file)
    {
        const UnixFileMode entering = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        const UnixFileMode reading = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(folder) & entering) == 0) return null;
        var rights = File.GetUnixFileMode(file);
        return (rights & reading) == 0 ? null : rights;
    }

    private static bool IsWritable(string folder)
    {
        try
        {
            using var probe = new FileStream(
                System.IO.Path.Combine(folder, System.IO.Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1,
                    FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
