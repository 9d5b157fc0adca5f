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
    public void Deliver(IEnumerable<(SqliteRoom Room, List<Entry> Entries)> commit) => decided.Add(new Decided([.. commit], null));

    /// <summary>What of these rooms is marked as failing could not be kept.</summary>
    public void Fail(IEnumerable<SqliteRoom> rooms, string why) =>
        decided.Add(new Decided([.. rooms.Select(static room => (room, (List<Entry>)[]))], why));

    /// <summary>Ends when all is told.</summary>
    public void Dispose()
    {
        decided.CompleteAdding();
        thread.Join();
        decided.Dispose();
    }

    private void Run()
    {
        foreach (var (rooms, why) in decided.GetConsumingEnumerable())
        {
            // What one commit has brought leaves in one flush per peer.
            var batch = FlushBatch.Rent();
            foreach (var (room, entries) in rooms)
            {
                try
                {
                    if (why is null) room.Feed.Deliver(CollectionsMarshal.AsSpan(entries), batch);
                    else Fail(room, why);
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
        while (queue.TakeFailing(room) is { } failing) room.Feed.Fail(CollectionsMarshal.AsSpan(failing), why);
    }

    private readonly record struct Decided(List<(SqliteRoom Room, List<Entry> Entries)> Rooms, string? Why);
}
