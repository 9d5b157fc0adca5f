using System.Collections.Concurrent;

namespace Kodama.SocketIO;

/// <summary>What an earlier process has left of a namespace: its log, and who may come back, for how long yet.</summary>
internal sealed record SavedNamespace(KeptRoom Log, IReadOnlyList<(RecoverySession Session, TimeSpan Left)> Sessions);

/// <summary>The namespaces of a server in bytes, as one process leaves them to the next.</summary>
internal static class SavedNamespaces
{
    private const byte Version = 1;

    public static byte[] Write(IEnumerable<SocketIONamespace> spaces, AwaySessions away)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        foreach (var space in spaces)
        {
            var log = space.Recovery!.Stream.Seal();
            var sessions = away.Of(space).FindAll(static away => IsPlain(away.Session.Data));
            if (sessions.Count == 0) continue;
            writer.Write(space.Name);
            Write(writer, log);
            writer.Write(sessions.Count);
            foreach (var (session, until) in sessions) Write(writer, session, until);
        }
        writer.Write("");
        writer.Flush();
        return bytes.ToArray();
    }

    public static Dictionary<string, SavedNamespace> Read(ReadOnlyMemory<byte> saved, DateTimeOffset now)
    {
        var spaces = new Dictionary<string, SavedNamespace>(StringComparer.Ordinal);
        if (saved.IsEmpty || saved.Span[0] != Version) return spaces;
        using var reader = new BinaryReader(new MemoryStream(saved[1..].ToArray()));
        while (reader.ReadString() is { Length: > 0 } name)
        {
            var log = ReadLog(reader);
            var sessions = new List<(RecoverySession, TimeSpan)>();
            for (var count = reader.ReadInt32(); count > 0; count--)
            {
                var (session, until) = ReadSession(reader);
                if (until > now) sessions.Add((session, until - now));
            }
            spaces[name] = new SavedNamespace(log, sessions);
        }
        return spaces;
    }

    private static void Write(BinaryWriter writer, KeptRoom log)
    {
        writer.Write(log.Epoch);
        writer.Write(log.Last);
        writer.Write(log.LastTime.UtcTicks);
        writer.Write(log.Trimmed);
        writer.Write(log.Messages.Count);
        foreach (var entry in log.Messages)
        {
            writer.Write(entry.Offset);
            writer.Write(entry.Time.UtcTicks);
            writer.Write(entry.Payload.Bytes.Length);
            writer.Write(entry.Payload.Bytes.Span);
        }
    }

    private static KeptRoom ReadLog(BinaryReader reader)
    {
        var (epoch, last, time, trimmed) = (reader.ReadString(), reader.ReadInt64(), ReadTime(reader), reader.ReadInt64());
        var entries = new Entry[reader.ReadInt32()];
        for (var i = 0; i < entries.Length; i++)
        {
            var (offset, at) = (reader.ReadInt64(), ReadTime(reader));
            entries[i] = new Entry { Payload = Payload.Of(reader.ReadBytes(reader.ReadInt32())) }.Place(offset, at);
        }
        return new KeptRoom(epoch, last, time, trimmed, entries, [], 0, [], 0);
    }

    private static void Write(BinaryWriter writer, RecoverySession session, DateTimeOffset until)
    {
        writer.Write(session.Id);
        writer.Write(session.Pid);
        foreach (var number in (ReadOnlySpan<long>)[session.Start, session.End, session.Forgotten, session.Late, session.Early])
            writer.Write(number);
        writer.Write(until.UtcTicks);
        writer.Write(session.Stays.Count);
        foreach (var stay in session.Stays)
        {
            writer.Write(stay.Room);
            writer.Write(stay.From);
            writer.Write(stay.To);
        }
        writer.Write(session.Rooms.Count);
        foreach (var room in session.Rooms) writer.Write(room);
        writer.Write(session.Data?.Count ?? 0);
        foreach (var (name, value) in session.Data ?? new Dictionary<string, object?>())
        {
            writer.Write(name);
            WritePlain(writer, value);
        }
    }

    private static (RecoverySession Session, DateTimeOffset Until) ReadSession(BinaryReader reader)
    {
        var session = new RecoverySession(reader.ReadString(), reader.ReadString())
        {
            IsRestored = true,
            IsKnown = true,
            Start = reader.ReadInt64(),
            End = reader.ReadInt64(),
            Forgotten = reader.ReadInt64(),
            Late = reader.ReadInt64(),
            Early = reader.ReadInt64(),
        };
        var until = ReadTime(reader);
        for (var count = reader.ReadInt32(); count > 0; count--)
            session.Stays.Add(new Stay(session, reader.ReadString(), reader.ReadInt64()) { To = reader.ReadInt64() });
        var rooms = new string[reader.ReadInt32()];
        for (var i = 0; i < rooms.Length; i++) rooms[i] = reader.ReadString();
        session.Rooms = rooms;
        var values = reader.ReadInt32();
        if (values > 0) session.Data = new ConcurrentDictionary<string, object?>(StringComparer.Ordinal);
        for (; values > 0; values--) session.Data![reader.ReadString()] = ReadPlain(reader);
        return (session, until);
    }

    private static DateTimeOffset ReadTime(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);

    // What another process would have to guess at is not passed on, nor the socket whose it is.
    private static bool IsPlain(IDictionary<string, object?>? data) =>
        data?.Values.All(static value => value is null or string or bool or int or long or double) != false;

    private static void WritePlain(BinaryWriter writer, object? value)
    {
        writer.Write(value switch { null => '0', string => 's', bool => 'b', int => 'i', long => 'l', _ => 'd' });
        if (value is string text) writer.Write(text);
        else if (value is bool isTrue) writer.Write(isTrue);
        else if (value is int number) writer.Write(number);
        else if (value is long large) writer.Write(large);
        else if (value is double real) writer.Write(real);
    }

    private static object? ReadPlain(BinaryReader reader) => reader.ReadChar() switch
    {
        's' => reader.ReadString(),
        'b' => reader.ReadBoolean(),
        'i' => reader.ReadInt32(),
        'l' => reader.ReadInt64(),
        'd' => reader.ReadDouble(),
        _ => null,
    };
}
