using System.Buffers.Binary;

namespace Kodama.Sqlite;

/// <summary>Reads rooms, each time in one short transaction, by a connection of its own. One thread at a time.</summary>
internal sealed class RoomsReader(Database database) : IDisposable
{
    private const string MessageColumns = "offset, time, author, id, event, kind, payload, attachments, audience";

    // What is read when a room appears: the rest is read when it is asked for.
    private const int MostAtOpen = 4096;

    /// <summary>The room's line, and its epoch; null, where nothing was ever written of it.</summary>
    public (RoomRow Row, string Epoch)? Find(string name)
    {
        var statement = database[$"SELECT {RoomRow.Columns}, epoch FROM rooms WHERE name = ?1"].Bind(1, name);
        if (!statement.Step()) return null;
        var found = (RoomRow.Read(statement), statement.Text(12));
        statement.Reset();
        return found;
    }

    /// <summary>How many rooms were forgotten so far, how many there are, and how many bytes of the file hold something.</summary>
    public (long Gone, long Stored, long UsedBytes) Counts() =>
        (database.Read("SELECT gone FROM hub"), database.Read("SELECT count(*) FROM rooms"), database.UsedBytes());

    /// <summary>What is random in this file, and the key of the sessions' secrets.</summary>
    public (byte[] Identity, byte[] Sessions) Keys()
    {
        var statement = database["SELECT identity, sessions FROM hub"];
        if (!statement.Step()) throw new EngineException("rooms.db has no identity: it is damaged.");
        var keys = (statement.Blob(0).ToArray(), statement.Blob(1).ToArray());
        statement.Reset();
        return keys;
    }

    /// <summary>All that a room begins with.</summary>
    public KeptRoom Open(in RoomRow row, string epoch, in Retention retention)
    {
        var messages = Newest(row.Room, Math.Min(retention.Messages, MostAtOpen), retention.Bytes);
        return new KeptRoom(
            epoch,
            row.Last,
            DateTimeOffset.FromUnixTimeMilliseconds(row.Time),
            messages.Count < row.Messages ? messages.Count > 0 ? messages[0].Offset - 1 : row.Last : row.Trimmed,
            messages,
            LastOfKeys(row.Room),
            row.Forgotten,
            Ids(row.Room),
            row.IdsForgotten);
    }

    /// <summary>Up to so many, and none behind the first with which they are more than so many bytes.</summary>
    public List<Entry> After(long room, long after, int most, long mostBytes)
    {
        var statement = database[$"SELECT {MessageColumns} FROM entries WHERE room = ?1 AND offset > ?2 ORDER BY offset LIMIT ?3"];
        return Messages(statement.Bind(1, room).Bind(2, after).Bind(3, most), mostBytes);
    }

    /// <inheritdoc cref="After"/>
    public List<Entry> Before(long room, long before, int most, long mostBytes)
    {
        var statement = database[$"SELECT {MessageColumns} FROM entries WHERE room = ?1 AND offset < ?2 ORDER BY offset DESC LIMIT ?3"];
        var messages = Messages(statement.Bind(1, room).Bind(2, before).Bind(3, most), mostBytes);
        messages.Reverse();
        return messages;
    }

    /// <summary>The offset of the first of the last so many messages up to an offset; null, where there are fewer.</summary>
    public long? Last(long room, long upTo, int messages)
    {
        var statement = database["SELECT offset FROM entries WHERE room = ?1 AND offset <= ?2 ORDER BY offset DESC LIMIT 1 OFFSET ?3"];
        return Offset(statement.Bind(1, room).Bind(2, upTo).Bind(3, messages - 1));
    }

    /// <summary>The offset of the last message up to an offset that is older than a time; null, where there is none.</summary>
    public long? LastBefore(long room, long upTo, long time)
    {
        var statement = database["SELECT offset FROM entries WHERE room = ?1 AND offset <= ?2 AND time < ?3 ORDER BY offset DESC LIMIT 1"];
        return Offset(statement.Bind(1, room).Bind(2, upTo).Bind(3, time));
    }

    /// <summary>Reads more than one thing as of one moment.</summary>
    public T InTransaction<T>(Func<RoomsReader, T> read)
    {
        database["BEGIN"].Run();
        try
        {
            return read(this);
        }
        finally
        {
            database["ROLLBACK"].Run();
        }
    }

    public void Dispose() => database.Dispose();

    private List<Entry> Newest(long room, int most, long mostBytes)
    {
        var statement = database[$"SELECT {MessageColumns} FROM entries WHERE room = ?1 ORDER BY offset DESC LIMIT ?2"];
        var messages = Messages(statement.Bind(1, room).Bind(2, most), mostBytes);
        if (messages.Count > 1 && messages.Sum(static message => message.Size) > mostBytes) messages.RemoveAt(messages.Count - 1);
        messages.Reverse();
        return messages;
    }

    private static long? Offset(Statement statement)
    {
        if (!statement.Step()) return null;
        var offset = statement.Long(0);
        statement.Reset();
        return offset;
    }

    private static List<Entry> Messages(Statement statement, long mostBytes)
    {
        var messages = new List<Entry>();
        try
        {
            for (var bytes = 0L; bytes <= mostBytes && statement.Step();)
            {
                var message = new Entry
                {
                    Author = EntryCodec.ReadAuthor(statement.Blob(2)),
                    Id = statement.TextOrNull(3),
                    Event = statement.TextOrNull(4) ?? Message.DefaultEvent,
                    Payload = EntryCodec.ReadPayload((PayloadKind)statement.Int(5), statement.Blob(6), statement.Blob(7)),
                    Note = EntryCodec.ReadNote(statement.Blob(7)),
                    Except = EntryCodec.ReadAudience(statement.Blob(8)),
                }.Place(statement.Long(0), DateTimeOffset.FromUnixTimeMilliseconds(statement.Long(1)));
                bytes += message.Size;
                messages.Add(message);
            }
            return messages;
        }
        finally
        {
            statement.Reset();
        }
    }

    private List<Entry> LastOfKeys(long room)
    {
        var statement = database[
            "SELECT offset, time, subject, key, action, bound, author, id, kind, payload, attachments "
                + "FROM keys WHERE room = ?1 ORDER BY offset"];
        var keys = new List<Entry>();
        statement.Bind(1, room);
        while (statement.Step())
        {
            keys.Add(new Entry
            {
                Kind = (EntryKind)statement.Int(2),
                Key = statement.Text(3),
                Action = (EntryAction)statement.Int(4),
                IsBound = statement.Int(5) == 1,
                Author = EntryCodec.ReadAuthor(statement.Blob(6)),
                Event = "",
                Id = statement.TextOrNull(7),
                Payload = EntryCodec.ReadPayload((PayloadKind)statement.Int(8), statement.Blob(9), statement.Blob(10)),
                Note = EntryCodec.ReadNote(statement.Blob(10)),
            }.Place(statement.Long(0), DateTimeOffset.FromUnixTimeMilliseconds(statement.Long(1))));
        }
        return keys;
    }

    private List<KeptId> Ids(long room)
    {
        var statement = database["SELECT scope, id, digest, offset FROM ids WHERE room = ?1 ORDER BY offset"].Bind(1, room);
        var ids = new List<KeptId>();
        while (statement.Step()) ids.Add(new KeptId(statement.Text(0), statement.Text(1),
            BinaryPrimitives.ReadUInt128LittleEndian(statement.Blob(2)), statement.Long(3)));
        return ids;
    }
}
