using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Kodama.Sqlite;

/// <summary>Tells rooms what was kept, commit by commit, while the writer is at the next; and what could not be. On one thread.</summary>
internal sealed class Delivery : IDisposable
{
    private readonly BlockingCollection<Decided> decided = [];
    private readonly AppendQueue queue;
    private readonly ILogger logger;
    private readonly Thread thread;

    public Delivery(AppendQueue queue, ILogger logger)
    {
        this.queue = queue;
        this.logger = logger;
        thread = new Thread(Run) { IsBackground = true, Name = "Kodama delivery" };
        thread.Start();
    }

    /// <summary>These rooms' entries are on the disk.</summary>
    public void Deliver(IEnumerable<(SqliteRoom Room, List<Entry> Entries)> commit) =>
        decided.Add(new Decided([.. commit], RefusalCode.None, ""));

    /// <summary>It is not known whether these rooms' entries are on the disk, and will not be.</summary>
    public void TellUnknown(IEnumerable<(SqliteRoom Room, List<Entry> Entries)> commit, string why) =>
        decided.Add(new Decided([.. commit], RefusalCode.OutcomeUnknown, why));

    /// <summary>What of these rooms is marked as failing could not be kept.</summary>
    public void Fail(IEnumerable<SqliteRoom> rooms, string why) =>
        decided.Add(new Decided([.. rooms.Select(static room => (room, (List<Entry>)[]))], RefusalCode.NotKept, why));

    /// <summary>Ends when all is told.</summary>
    public void Dispose()
    {
        decided.CompleteAdding();
        thread.Join();
        decided.Dispose();
    }

    private void Run()
    {
        foreach (var (rooms, code, why) in decided.GetConsumingEnumerable())
        {
            // What one commit has brought leaves in one flush per peer.
            var batch = FlushBatch.Rent();
            foreach (var (room, entries) in rooms)
            {
                try
                {
                    if (code == RefusalCode.None) room.Feed.Deliver(CollectionsMarshal.AsSpan(entries), batch);
                    else if (code == RefusalCode.NotKept) Fail(room, why);
                    else room.Feed.Fail(CollectionsMarshal.AsSpan(entries), code, why);
                }
                catch (Exception exception)
                {
                    SqliteLog.DeliveryFailed(logger, room.Name, exception);
                }
            }
            try
            {
                batch.Dispose();
            }
            catch (Exception exception)
            {
                // A rule that is told of a peer that was too slow.
                SqliteLog.FlushFailed(logger, exception);
            }
        }
    }

    private void Fail(SqliteRoom room, string why)
    {
        // What came after the failure is failed too, until all who are told have been: nothing overtakes it.
        while (queue.TakeFailing(room) is { } failing) room.Feed.Fail(CollectionsMarshal.AsSpan(failing), RefusalCode.NotKept, why);
    }

    private sealed record Decided(List<(SqliteRoom Room, List<Entry> Entries)> Rooms, RefusalCode Code, string Why);
}
