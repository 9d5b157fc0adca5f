namespace Kodama.Sqlite;

/// <summary>The tables of <c>rooms.db</c>.</summary>
internal static class Schema
{
    /// <summary>Rises with what an older program would misread.</summary>
    public const int Version = 1;

    /// <summary>"Kdma": tells the file from those of other programs.</summary>
    public const int ApplicationId = 0x4B646D61;

    /// <summary>
    /// Heads and counts stand in <c>rooms</c>, written with each commit: nothing is derived from what is kept. <c>due</c> is when, at the
    /// earliest, something of a room has become too old. Times are milliseconds since 1970.
    /// </summary>
    public static readonly string[] Tables =
    [
        """
        CREATE TABLE hub (
            id INTEGER PRIMARY KEY CHECK (id = 1), identity BLOB NOT NULL, sessions BLOB NOT NULL, gone INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE rooms (
            room INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL, last INTEGER NOT NULL, time INTEGER NOT NULL,
            trimmed INTEGER NOT NULL, messages INTEGER NOT NULL, bytes INTEGER NOT NULL,
            forgotten INTEGER NOT NULL, removals INTEGER NOT NULL,
            ids_forgotten INTEGER NOT NULL, ids INTEGER NOT NULL,
            age INTEGER NOT NULL, due INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX rooms_due ON rooms (due)",
        """
        CREATE TABLE entries (
            room INTEGER NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL, size INTEGER NOT NULL,
            author BLOB, id TEXT, event TEXT, kind INTEGER NOT NULL, payload BLOB NOT NULL, attachments BLOB, audience BLOB,
            PRIMARY KEY (room, offset)
        ) WITHOUT ROWID, STRICT
        """,
        """
        CREATE TABLE keys (
            room INTEGER NOT NULL, subject INTEGER NOT NULL, key TEXT NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL,
            action INTEGER NOT NULL, bound INTEGER NOT NULL,
            author BLOB, id TEXT, kind INTEGER NOT NULL, payload BLOB NOT NULL, attachments BLOB,
            PRIMARY KEY (room, subject, key)
        ) WITHOUT ROWID, STRICT
        """,
        "CREATE INDEX keys_removed ON keys (room, offset, time) WHERE action = 3",
        """
        CREATE TABLE ids (
            room INTEGER NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL,
                digest BLOB NOT NULL,
            PRIMARY KEY (room, offset)
        ) WITHOUT ROWID, STRICT
        """,
    ];
}
