namespace Kodama.Sqlite;

/// <summary>Lets go what is too much, with the commit that made it so, and what is too old.</summary>
internal static class Trimmer
{
    /// <summary>How long a room's epoch is known when nothing of it is kept any more, in milliseconds: a day.</summary>
    public const long KeepNothing = 24 * 60 * 60 * 1000;

    /// <summary>Takes the oldest messages, removals and ids that are too many.</summary>
    /// <param name="database">Where.</param>
    /// <param name="row">Changed with what was taken.</param>
    /// <param name="retention">What may be kept.</param>
    /// <param name="skipped">Up to which offset messages were not written; 0 for none. What was before them goes, however many.</param>
    /// <param name="atMost">How many messages to take.</param>
    /// <returns>How many were taken.</returns>
    public static int TrimCount(Database database, ref RoomRow row, in Retention retention, long skipped, int atMost)
    {
        var bounds = retention;
        var taken = 0;
        // A hole in what is kept: what was before it is of no use to whoever was away.
        if (skipped > 0) taken += TrimMessages(database, ref row, (offset, _) => offset < skipped);
        if (IsTooMuch(row, retention))
            taken += TrimMessages(database, ref row, (_, of) => IsTooMuch(of, bounds), atMost - taken);
        row.Trimmed = Math.Max(row.Trimmed, skipped);
        if (row.Removals > Retention.MostRemovals) TrimRemovals(database, ref row, static (_, of) => of.Removals > Retention.MostRemovals);
        if (row.Ids > Retention.MostIds) TrimIds(database, ref row, static (_, of) => of.Ids > Retention.MostIds);
        return taken;
    }

    /// <summary>Whether more messages are kept than may be. The newest stays, however large.</summary>
    public static bool IsTooMuch(in RoomRow row, in Retention retention) =>
        row.Messages > retention.Messages || (row.Messages > 1 && row.Bytes > retention.Bytes);

    /// <summary>Takes what is older, and says when the next is.</summary>
    /// <returns>How much was taken.</returns>
    public static int TrimAge(Database database, ref RoomRow row, long now, int atMost)
    {
        var age = now - row.Age;
        var idAge = now - BatchWriter.Milliseconds(Retention.IdAge);
        var taken = TrimMessages(database, ref row, (time, _) => time < age, atMost, byTime: true);
        taken += TrimRemovals(database, ref row, (time, _) => time < age, atMost - taken);
        taken += TrimIds(database, ref row, (time, _) => time < idAge, atMost - taken);
        row.Due = Math.Min(
            Math.Min(Oldest(database, "SELECT time FROM entries WHERE room = ?1 ORDER BY offset LIMIT 1", row.Room, row.Age),
            Oldest(database, "SELECT time FROM keys WHERE room = ?1 AND action = 3 ORDER BY offset LIMIT 1", row.Room, row.Age)),
            Math.Min(Oldest(database, "SELECT time FROM ids WHERE room = ?1 ORDER BY offset LIMIT 1", row.Room,
                BatchWriter.Milliseconds(Retention.IdAge)),
            now + KeepNothing));
        return taken;
    }

    /// <summary>Takes the oldest messages until those that are left have at most so many bytes.</summary>
    /// <returns>How many were taken.</returns>
    public static int TrimBytes(Database database, ref RoomRow row, long bytes, int atMost) =>
        TrimMessages(database, ref row, (_, of) => of.Bytes > bytes, atMost);

    private static int TrimMessages(Database database, ref RoomRow row, Func<long, RoomRow, bool> isTooMuch, int atMost = int.MaxValue,
        bool byTime = false)
    {
        var oldest = database["SELECT offset, size, time FROM entries WHERE room = ?1 ORDER BY offset"].Bind(1, row.Room);
        var taken = 0;
        while (taken < atMost && row.Messages > 0 && oldest.Step())
        {
            if (!isTooMuch(oldest.Long(byTime ? 2 : 0), row)) break;
            row.Trimmed = oldest.Long(0);
            row.Messages--;
            row.Bytes -= oldest.Long(1);
            taken++;
        }
        oldest.Reset();
        if (taken > 0) database["DELETE FROM entries WHERE room = ?1 AND offset <= ?2"].Bind(1, row.Room).Bind(2, row.Trimmed).Run();
        return taken;
    }

    private static int TrimRemovals(Database database, ref RoomRow row, Func<long, RoomRow, bool> isTooMuch, int atMost = int.MaxValue)
    {
        var oldest = database["SELECT offset, time FROM keys WHERE room = ?1 AND action = 3 ORDER BY offset"].Bind(1, row.Room);
        var taken = 0;
        while (taken < atMost && row.Removals > 0 && oldest.Step())
        {
            if (!isTooMuch(oldest.Long(1), row)) break;
            row.Forgotten = oldest.Long(0);
            row.Removals--;
            taken++;
        }
        oldest.Reset();
        if (taken > 0) database["DELETE FROM keys WHERE room = ?1 AND action = 3 AND offset <= ?2"].Bind(1, row.Room)
            .Bind(2, row.Forgotten).Run();
        return taken;
    }

    private static int TrimIds(Database database, ref RoomRow row, Func<long, RoomRow, bool> isTooMuch, int atMost = int.MaxValue)
    {
        var oldest = database["SELECT offset, time FROM ids WHERE room = ?1 ORDER BY offset"].Bind(1, row.Room);
        var taken = 0;
        while (taken < atMost && row.Ids > 0 && oldest.Step())
        {
            if (!isTooMuch(oldest.Long(1), row)) break;
            row.IdsForgotten = oldest.Long(0);
            row.Ids--;
            taken++;
        }
        oldest.Reset();
        if (taken > 0) database["DELETE FROM ids WHERE room = ?1 AND offset <= ?2"].Bind(1, row.Room).Bind(2, row.IdsForgotten).Run();
        return taken;
    }

    private static long Oldest(Database database, string sql, long room, long age)
    {
        var statement = database[sql].Bind(1, room);
        if (!statement.Step()) return long.MaxValue;
        var time = statement.Long(0);
        statement.Reset();
        return time + age + 1;
    }
}
