using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama.Sqlite;

/// <summary>
/// Keeps the rooms of one hub in a file of a folder: what it has acknowledged outlives the end of the process and of the machine. One
/// writer commits what came in since its last commit, with an fsync; then it is handed out, and then acknowledged. Thread-safe.
/// </summary>
public sealed class SqliteEngine : IEngine, IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);

    private readonly RoomFile file;
    private readonly OpenRooms open;
    private readonly AppendQueue queue;
    private readonly Delivery delivery;
    private readonly Writer writer;
    private readonly ITimer timer;
    private int disposed;

    /// <summary>Opens <c>rooms.db</c> in a folder; both appear if they are not there.</summary>
    /// <param name="folder">One hub's alone, on a local disk.</param>
    /// <param name="time">Its clock; null for the system's.</param>
    /// <param name="logger">Its log, or null.</param>
    /// <param name="options">What it may hold; null for the defaults.</param>
    /// <exception cref="EngineException">It cannot be used: another hub has it, it cannot be written, is damaged or of a newer
    /// version.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SqliteEngine(string folder, TimeProvider? time = null, ILogger<SqliteEngine>? logger = null, SqliteOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new SqliteOptions();
        options.Validate();
        time ??= TimeProvider.System;
        logger ??= NullLogger<SqliteEngine>.Instance;
        var data = new DataFolder(folder, options, logger);
        try
        {
            file = new RoomFile(data);
        }
        catch
        {
            data.Dispose();
            throw;
        }
        try
        {
            var (keys, counts) = file.Read(static reader => (reader.Keys(), reader.Counts()));
            SessionKey = keys.Sessions;
            open = new OpenRooms(keys.Identity);
            (open.Gone, open.Stored, open.UsedBytes) = counts;
        }
        catch
        {
            file.Dispose();
            throw;
        }
        queue = new AppendQueue(time);
        delivery = new Delivery(queue, logger);
        writer = new Writer(file, queue, delivery, new Sweeper(file, open, time, logger), open, time, logger);
        timer = time.CreateTimer(static queue => ((AppendQueue)queue!).RequestSweep(), queue, SweepInterval, SweepInterval);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SessionKey { get; }

    /// <summary>The file.</summary>
    public string Path => file.Folder.Path;

    internal RoomFile File => file;

    /// <inheritdoc/>
    public IRoomStore Open(string room, Retention retention, IRoomFeed feed, out KeptRoom kept)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        (var opened, kept) = file.Read(reader =>
        {
            var (row, epoch) = reader.Find(room) ?? (new RoomRow(), open.EpochOf(room));
            var known = reader.Open(row, epoch, retention);
            var store = new SqliteRoom(this, room, retention, feed, epoch, row);
            // Before others may be alone with the file, and change what was read.
            open.Add(store);
            return (store, known);
        });
        return opened;
    }

    /// <summary>Writes what waits, tells the rooms, and lets the file go. Does nothing the second time.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        timer.Dispose();
        writer.Dispose();
        delivery.Dispose();
        file.Dispose();
        queue.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync() => await Task.Run(Dispose);

    internal void Append(SqliteRoom room, Entry entry)
    {
        if (queue.TryAdd(room, entry)) return;
        ThreadPool.UnsafeQueueUserWorkItem(static lost =>
            lost.Room.Feed.Fail([lost.Entry], RefusalCode.NotKept, "The hub has stopped."), (Room: room, Entry: entry), preferLocal: false);
    }

    internal IReadOnlyList<Entry> Read(SqliteRoom room, Func<RoomsReader, List<Entry>> read) => room.Row.Room == 0 ? [] : file.Read(read);

    internal void Close(SqliteRoom room) => open.Remove(room);
}
