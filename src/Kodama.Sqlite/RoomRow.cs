namespace Kodama.Sqlite;

/// <summary>A room's line in <c>rooms</c>: changes with a transaction, and goes back with it.</summary>
internal record struct RoomRow
{
    /// <summary>Its number in the file; 0 until something of it was written.</summary>
    public long Room { get; set; }

    /// <summary>The last entry's offset.</summary>
    public long Last { get; set; }

    /// <summary>The last entry's time.</summary>
    public long Time { get; set; }

    /// <summary>Messages up to this offset are not all kept.</summary>
    public long Trimmed { get; set; }

    /// <summary>How many messages are kept.</summary>
    public long Messages { get; set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>Removals of keys up to this offset are not all kept.</summary>
    public long Forgotten { get; set; }

    /// <summary>How many removals are kept.</summary>
    public long Removals { get; set; }

    /// <summary>Ids at offsets up to this are not all kept.</summary>
    public long IdsForgotten { get; set; }

    /// <summary>How many ids are kept.</summary>
    public long Ids { get; set; }

    /// <summary>How long messages and removals are kept, in milliseconds.</summary>
    public long Age { get; set; }

    /// <summary>When, at the earliest, something is too old.</summary>
    public long Due { get; set; }

    public static RoomRow Read(Statement rooms) => new()
    {
        Room = rooms.Long(0),
        Last = rooms.Long(1),
        Time = rooms.Long(2),
        Trimmed = rooms.Long(3),
        Messages = rooms.Long(4),
        Bytes = rooms.Long(5),
        Forgotten = rooms.Long(6),
        Removals = rooms.Long(7),
        IdsForgotten = rooms.Long(8),
        Ids = rooms.Long(9),
        Age = rooms.Long(10),
        Due = rooms.Long(11),
    };

    /// <summary>The columns that <see cref="Read"/> expects.</summary>
    public const string Columns = "room, last, time, trimmed, messages, bytes, forgotten, removals, ids_forgotten, ids, age, due";

    public readonly void Insert(Database database, string name, string epoch) =>
        Bind(database[
            """
            INSERT INTO rooms (last, time, trimmed, messages, bytes, forgotten, removals, ids_forgotten, ids, age, due, room, name, epoch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """]).Bind(11, Due).Bind(12, Room).Bind(13, name).Bind(14, epoch).Run();

    public readonly void Update(Database database, in RoomRow before)
    {
        Bind(database[
            """
            UPDATE rooms SET last = ?1, time = ?2, trimmed = ?3, messages = ?4, bytes = ?5, forgotten = ?6, removals = ?7,
                ids_forgotten = ?8,
            ids = ?9, age = ?10 WHERE room = ?11
            """]).Bind(11, Room).Run();
        // It has an index, whose pages would be written with each commit.
        if (Due != before.Due) database["UPDATE rooms SET due = ?1 WHERE room = ?2"].Bind(1, Due).Bind(2, Room).Run();
    }

    private readonly Statement Bind(Statement statement) => statement
        .Bind(1, Last).Bind(2, Time).Bind(3, Trimmed).Bind(4, Messages).Bind(5, Bytes).Bind(6, Forgotten).Bind(7, Removals)
        .Bind(8, IdsForgotten).Bind(9, Ids).Bind(10, Age);
}
