namespace Kodama.Sqlite;

/// <summary>Writes what one commit has of a room.</summary>
internal sealed class BatchWriter(Database database, TimeProvider time)
{
    /// <summary>Writes the room's entries and answers its line as it is then. Within a transaction.</summary>
    /// <param name="room">Whose.</param>
    /// <param name="left">How many more messages than it writes the transaction may take; the sweeper takes the others.</param>
    public RoomRow Write(SqliteRoom room, ref int left)
    {
        var row = room.Row;
        if (row.Room == 0) row = row with { Room = database.Read("SELECT coalesce(max(room), 0) + 1 FROM rooms") };
        row.Age = Milliseconds(room.Retention.Age);
        // Those that retention would take at once are not written at all; but where it takes its time, as all before a hole goes at once.
        var superfluous = row.Messages > room.Retention.Messages
            ? 0 : room.Batch.Count(static entry => IsKept(entry)) - room.Retention.Messages;
        var skipped = 0L;
        var lifetime = row.Age;
        foreach (var entry in room.Batch)
        {
            if (entry.IsTransient) continue;
            row.Last = entry.Offset;
            row.Time = entry.Time.ToUnixTimeMilliseconds();
            if (entry.Id is not null)
            {
                WriteId(row, entry);
                row.Ids++;
                lifetime = Math.Min(lifetime, Milliseconds(Retention.IdAge));
            }
            if (entry.Kind != EntryKind.Message) WriteKey(ref row, entry);
            else if (superfluous-- > 0 || entry.Size > Retention.MostBytes) skipped = entry.Offset;
            else WriteMessage(ref row, entry);
        }
        var taken = Trimmer.TrimCount(database, ref row, room.Retention, skipped, room.Batch.Count + left);
        left = Math.Max(0, left - Math.Max(0, taken - room.Batch.Count));
        if (Trimmer.IsTooMuch(row, room.Retention)) row.Due = Now;
        if (row.Last > 0) row.Due = Math.Min(row.Due == 0 ? long.MaxValue : row.Due, Now + Math.Min(lifetime, Trimmer.KeepNothing));
        if (room.Row.Room != 0) row.Update(database, room.Row);
        else if (row.Last > 0) row.Insert(database, room.Name, room.Epoch);
        else row = room.Row;
        return row;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public static long Milliseconds(TimeSpan span) => (long)Math.Min(span.TotalMilliseconds, TimeSpan.FromDays(36500).TotalMilliseconds);

    private static bool IsKept(Entry entry) => entry.Kind == EntryKind.Message && !entry.IsTransient;

    private void WriteMessage(ref RoomRow row, Entry entry)
    {
        var statement = database[
            """
            INSERT INTO entries (room, offset, time, size, author, id, event, kind, payload, attachments, audience)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """];
        statement.Bind(1, row.Room).Bind(2, entry.Offset).Bind(3, row.Time).Bind(4, entry.Size);
        BindAuthor(statement, 5, entry);
        statement.Bind(6, entry.Id).Bind(7, entry.Event == Message.DefaultEvent ? null : entry.Event);
        BindPayload(statement, 8, entry);
        if (entry.Except is { } audience) statement.Bind(11, EntryCodec.Write(audience));
        else statement.Null(11);
        statement.Run();
        row.Messages++;
        row.Bytes += entry.Size;
    }

    private void WriteKey(ref RoomRow row, Entry entry)
    {
        var known = database["SELECT action FROM keys WHERE room = ?1 AND subject = ?2 AND key = ?3"].Bind(1, row.Room)
            .Bind(2, (long)entry.Kind).Bind(3, entry.Key);
        if (known.Step())
        {
            if ((EntryAction)known.Int(0) == EntryAction.Remove) row.Removals--;
            known.Reset();
        }
        if (entry.Action == EntryAction.Remove) row.Removals++;
        var statement = database[
            """
            INSERT OR REPLACE INTO keys (room, subject, key, offset, time, action, bound, author, id, kind, payload, attachments)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """];
        statement.Bind(1, row.Room).Bind(2, (long)entry.Kind).Bind(3, entry.Key).Bind(4, entry.Offset).Bind(5, row.Time);
        statement.Bind(6, (long)entry.Action).Bind(7, entry.IsBound ? 1 : 0);
        BindAuthor(statement, 8, entry);
        statement.Bind(9, entry.Id);
        BindPayload(statement, 10, entry);
        statement.Run();
    }

    private void WriteId(in RoomRow row, Entry entry)
    {
        Span<byte> digest = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(digest, entry.Digest);
        database["INSERT INTO ids (room, offset, time, scope, id, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"]
            .Bind(1, row.Room).Bind(2, row.Last).Bind(3, row.Time).Bind(4, entry.Scope ?? entry.Author?.Id ?? "").Bind(5, entry.Id)
                .Bind(6, digest).Run();
    }

    private static void BindAuthor(Statement statement, int index, Entry entry)
    {
        if (entry.Author is { } author) statement.Bind(index, EntryCodec.Write(author));
        else statement.Null(index);
    }

    private static void BindPayload(Statement statement, int index, Entry entry)
    {
        var payload = entry.Payload;
        statement.Bind(index, (long)payload.Kind).Bind(index + 1, payload.Bytes.Span);
        if (payload.Attachments.Count > 0 || entry.Note is not null)
            statement.Bind(index + 2, EntryCodec.Write(payload.Attachments, entry.Note));
        else statement.Null(index + 2);
    }
}
