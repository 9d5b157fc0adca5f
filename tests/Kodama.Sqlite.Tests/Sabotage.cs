using System.Runtime.CompilerServices;

namespace Kodama.Sqlite.Tests;

/// <summary>Faults of the file, without a disk that has them.</summary>
internal static class Sabotage
{
    /// <summary>What says "bad" breaks a rule of the tables.</summary>
    public static void RefuseBad(SqliteEngine engine) => engine.File.Writer!.Execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.event = 'bad' BEGIN SELECT RAISE(ABORT, 'It is bad.'); END");

    /// <summary>Each COMMIT of the writer fails at its very end, until it is opened again.</summary>
    public static void FailCommits(SqliteEngine engine)
    {
        var writer = engine.File.Writer!;
        writer.Execute("CREATE TABLE broken (a INTEGER REFERENCES rooms (room) DEFERRABLE INITIALLY DEFERRED)");
        writer.Execute("CREATE TRIGGER break AFTER INSERT ON entries BEGIN INSERT INTO broken VALUES (-1); END");
        writer.Execute("PRAGMA foreign_keys = 1");
    }

    /// <summary>The writer cannot be opened, until that is undone.</summary>
    public static Undoing FailReopening(SqliteEngine engine) =>
        Alter(engine, "PRAGMA user_version = 99", $"PRAGMA user_version = {Schema.Version}");

    /// <summary>The writer can be opened, but what is in the file cannot be read, until that is undone.</summary>
    public static Undoing FailReading(SqliteEngine engine) =>
        Alter(engine, "ALTER TABLE hub RENAME TO hidden", "ALTER TABLE hidden RENAME TO hub");

    /// <summary>The writer waits with its next commit, until that is undone: what comes gathers.</summary>
    public static Database Hold(SqliteEngine engine)
    {
        var holder = new Database(engine.Path);
        holder.Execute("BEGIN IMMEDIATE");
        return holder;
    }

    /// <summary>From now on the file says itself what is written and removed, in order.</summary>
    public static void Journal(SqliteEngine engine)
    {
        using var database = new Database(engine.Path);
        database.Execute("CREATE TABLE journal (id INTEGER PRIMARY KEY, subject TEXT, what TEXT)");
        foreach (var (of, what, when) in new[]
        {
            ("entries", "'new'", "INSERT ON entries"), ("entries", "'old'", "DELETE ON entries"),
            ("messages", "OLD.messages", "UPDATE OF last ON rooms"),
        })
            database.Execute(
                $"CREATE TRIGGER \"{when}\" AFTER {when} BEGIN INSERT INTO journal (subject, what) VALUES ('{of}', {what}); END");
    }

    /// <summary>Of entries, what came ("new") and what went ("old"); of messages, how many a room had before each change of it.</summary>
    public static List<string> ReadJournal(SqliteEngine engine, string subject)
    {
        using var database = new Database(engine.Path);
        var journal = new List<string>();
        var statement = database["SELECT what FROM journal WHERE subject = ?1 ORDER BY id"].Bind(1, subject);
        while (statement.Step()) journal.Add(statement.Text(0));
        return journal;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "access")]
    public static extern ref ReaderWriterLockSlim Access(RoomFile file);

    private static Undoing Alter(SqliteEngine engine, string change, string undo)
    {
        using var database = new Database(engine.Path);
        database.Execute(change);
        return new Undoing(engine.Path, undo);
    }

    internal sealed class Undoing(string path, string sql) : IDisposable
    {
        public void Dispose()
        {
            using var database = new Database(path);
            database.Execute(sql);
        }
    }
}
