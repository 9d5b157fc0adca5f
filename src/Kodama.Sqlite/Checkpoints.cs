using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Kodama.Sqlite;

/// <summary>
/// Keeps the log short. What it holds is copied into the tables beside the writer, which would else stand still for some 100 ms each time.
/// The log begins anew only where nothing is left to copy, for which the writer does stand still, some 10 ms: so it does that seldom.
/// </summary>
internal sealed class Checkpoints(RoomFile file, ILogger logger)
{
    // At 4 KiB a page. Of fewer at once, what each copy costs of itself is more than what it spares: 1,000 took four times the disk's time.
    private const long SomePages = 4000;

    // Longer, and a start after a crash reads more. The file is cut to it: journal_size_limit.
    private const long MostPages = 16_000;
    private const long FewPages = 50;
    private const int MostPasses = 5;

    private const int Idle = 0;
    private const int Running = 1;
    private const int Done = 2;

    private long pages;
    private long length;
    private int state;

    /// <summary>Something was committed. On the writer's thread.</summary>
    public void Committed(Database writer)
    {
        pages += writer.TakeWritten();
        if (Volatile.Read(ref state) == Done)
        {
            if (length >= MostPages) BeginAnew(writer);
            Volatile.Write(ref state, Idle);
        }
        if (pages < SomePages || state != Idle) return;
        pages = 0;
        Volatile.Write(ref state, Running);
        Task.Factory.StartNew(Run, TaskCreationOptions.LongRunning);
    }

    // The little that came while the rest was copied: some ms.
    private void BeginAnew(Database writer)
    {
        try
        {
            writer.Checkpoint();
        }
        catch (SqliteException exception)
        {
            // What is in the log is as safe there.
            SqliteLog.CheckpointFailed(logger, file.Folder.Explain(exception));
        }
    }

    private void Run()
    {
        try
        {
            var left = long.MaxValue;
            for (var i = 0; i < MostPasses && left > FewPages; i++) (length, left) = file.Checkpoint();
        }
        catch (EngineException exception)
        {
            SqliteLog.CheckpointFailed(logger, exception.Message);
        }
        Volatile.Write(ref state, Done);
    }
}
