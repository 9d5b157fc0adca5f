using Microsoft.Data.Sqlite;

namespace Kodama.Sqlite;

/// <summary>A connection to the file and its prepared statements. One thread at a time.</summary>
internal sealed class Database : IDisposable
{
    private readonly SqliteConnection connection;
    private long pageSize;
    private readonly Dictionary<string, Statement> statements = new(StringComparer.Ordinal);

    /// <summary>Opens the file, which appears if there is none.</summary>
    public Database(string path)
    {
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute("PRAGMA busy_timeout = 5000");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The statement for this text, made once.</summary>
    public Statement this[string sql]
    {
        get
        {
            if (!statements.TryGetValue(sql, out var statement)) statements[sql] = statement = new Statement(connection.Handle!, sql);
            return statement;
        }
    }

    /// <summary>Whether a transaction is under way.</summary>
    public bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle!) == 0;

    /// <summary>How many pages its commits have written since it was last asked.</summary>
    public long TakeWritten()
    {
        SQLitePCL.raw.sqlite3_db_status(connection.Handle!, SQLitePCL.raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Of each page of the file.</summary>
    public long PageBytes => pageSize > 0 ? pageSize : pageSize = Read("PRAGMA page_size");

    /// <summary>The bytes of the pages that hold something.</summary>
    public long UsedBytes() => PageBytes * (Get("PRAGMA page_count") - Get("PRAGMA freelist_count"));

    /// <summary>
    /// Copies what the log holds into the tables, as far as nobody reads it; answers how many pages it has, and how many are left.
    /// </summary>
    public (long Length, long Left) Checkpoint()
    {
        using var statement = new Statement(connection.Handle!, "PRAGMA wal_checkpoint(PASSIVE)");
        return statement.Step() ? (statement.Long(1), statement.Long(1) - statement.Long(2)) : default;
    }

    public void Execute(string sql)
    {
        using var statement = new Statement(connection.Handle!, sql);
        statement.Run();
    }

    public long Read(string sql)
    {
        using var statement = new Statement(connection.Handle!, sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    public string ReadText(string sql)
    {
        using var statement = new Statement(connection.Handle!, sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    private long Get(string sql)
    {
        var statement = this[sql];
        statement.Step();
        var value = statement.Long(0);
        statement.Reset();
        return value;
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values) statement.Dispose();
        statements.Clear();
        connection.Dispose();
    }
}
