using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Kodama.Sqlite;

/// <summary>
/// Keeps the log short. What it holds is copied into the tables beside the writer, which would else stand still for some 100 ms each time;
/// the
/// writer copies the little that came meanwhile, so that the log is empty for a moment and begins anew.
/// </summary>
internal sealed class Checkpoints(RoomFile file, ILogger logger)
{
    // At 4 KiB a page; longer, and a start after a crash reads more; shorter, and the same pages are written more often.
    private const long MostPages = 4000;
    private const long FewPages = 50;
    private const int MostPasses = 5;

    private const int Idle = 0;
    private const int Running = 1;
    private const int Done = 2;

    private long pages;
    private int state;

    /// <summary>Something was committed. On the writer's thread.</summary>
    public void Committed(Database writer)
    {
        pages += writer.TakeWritten();
        if (pages < MostPages) return;
        if (Interlocked.CompareExchange(ref state, Running, Idle) == Idle) Task.Factory.StartNew(Run, TaskCreationOptions.LongRunning);
        if (Volatile.Read(ref state) != Done) return;
        pages = 0;
        Volatile.Write(ref state, Idle);
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
            for (var i = 0; i < MostPasses && file.Checkpoint() > FewPages; i++)
            {
            }
        }
        catch (EngineException exception)
        {
            SqliteLog.CheckpointFailed(logger, exception.Message);
        }
        Volatile.Write(ref state, Done);
    }
}
