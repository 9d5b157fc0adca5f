namespace Kodama.Sqlite;

/// <summary>A room that is in memory.</summary>
internal sealed class SqliteRoom(SqliteEngine engine, string name, Retention retention, IRoomFeed feed, string epoch,
    RoomRow row) : IRoomStore
{
    private long trimmed = row.Trimmed;

    public string Name => name;

    public string Epoch => epoch;

    public Retention Retention => retention;

    public IRoomFeed Feed => feed;

    /// <summary>Guarded by the queue.</summary>
    public long NextOffset { get; set; } = row.Last + 1;

    /// <summary>Guarded by the queue.</summary>
    public long LastTime { get; set; } = row.Time;

    /// <summary>What could not be kept and was not failed yet; null, while all is well. Guarded by the queue.</summary>
    public List<Entry>? Failing { get; set; }

    /// <summary>What the next commit has of it. The writer's own.</summary>
    public List<Entry> Batch { get; set; } = [];

    /// <summary>As the last commit left it. The writer's own.</summary>
    public RoomRow Row { get; set; } = row;

    /// <summary>As the commit that is under way leaves it. The writer's own.</summary>
    public RoomRow Next { get; set; } = row;

    public long Trimmed { get => Volatile.Read(ref trimmed); set => Volatile.Write(ref trimmed, value); }

    public void Append(Entry entry) => engine.Append(this, entry);

    public ValueTask<IReadOnlyList<Entry>> ReadAfterAsync(
        long after, int most, long mostBytes, CancellationToken cancellationToken = default) =>
        new(engine.Read(this, reader => reader.After(Row.Room, after, most, mostBytes)));

    public ValueTask<IReadOnlyList<Entry>> ReadBeforeAsync(
        long before, int most, long mostBytes, CancellationToken cancellationToken = default) =>
        new(engine.Read(this, reader => reader.Before(Row.Room, before, most, mostBytes)));

    public long FindStart(long upTo, int messages) => messages >= Row.Messages
        ? Trimmed
        : engine.File.Read(reader => reader.Last(Row.Room, upTo, messages)) is { } first ? first - 1 : Trimmed;

    public long FindStart(long upTo, DateTimeOffset since) =>
        engine.File.Read(reader => reader.LastBefore(Row.Room, upTo, since.ToUnixTimeMilliseconds())) ?? Trimmed;

    public void Close() => engine.Close(this);
}
