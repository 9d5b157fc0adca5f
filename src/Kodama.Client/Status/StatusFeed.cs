using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Kodama.Client.Status;

/// <summary>The present status, and who wants to know of the next. Written by one loop, read by any thread.</summary>
internal sealed class StatusFeed(Action<ClientStatus> handlers) : IThreadPoolWorkItem
{
    // A watcher that has not looked for so many changes sees the last ones.
    private const int MaxUnseen = 64;

    private readonly Lock gate = new();
    private readonly List<Channel<ClientStatus>> watchers = [];
    private readonly Queue<ClientStatus> untold = [];
    private bool telling;

    public ClientStatus Current { get; private set => Volatile.Write(ref field, value); } = new ClientStatus.Disconnected();

    public void Set(ClientStatus status)
    {
        lock (gate)
        {
            if (Current is ClientStatus.Closed) return;
            Current = status;
            foreach (var watcher in watchers)
            {
                watcher.Writer.TryWrite(status);
                if (status is ClientStatus.Closed) watcher.Writer.Complete();
            }
            untold.Enqueue(status);
            if (telling) return;
            telling = true;
        }
        // No handler runs on the loop's time, and none in a context of the program's.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public async IAsyncEnumerable<ClientStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<ClientStatus>(
            new BoundedChannelOptions(MaxUnseen) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate)
        {
            changes.Writer.TryWrite(Current);
            if (Current is ClientStatus.Closed) changes.Writer.Complete();
            else watchers.Add(changes);
        }
        try
        {
            await foreach (var status in changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return status;
        }
        finally
        {
            lock (gate) watchers.Remove(changes);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            ClientStatus? next;
            lock (gate)
            {
                telling = untold.TryDequeue(out next);
                if (!telling) return;
            }
            handlers(next!);
        }
    }
}
