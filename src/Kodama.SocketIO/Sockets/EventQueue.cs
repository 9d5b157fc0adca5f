namespace Kodama.SocketIO;

/// <summary>
/// What waits for the handlers of one socket: they run one after another, on the thread pool, and a worker exists only while there is work. Bounded:
/// with one event more the session reads no further.
/// </summary>
internal sealed class EventQueue(SocketIOSocket socket, int capacity) : IThreadPoolWorkItem
{
    // Then others have their turn on the thread.
    private const int MostOnEnd = 64;

    private readonly Lock gate = new();
    private readonly Queue<SocketIOEvent> waiting = new();
    private bool isRunning;
    private TaskCompletionSource? freed;

    /// <summary>Ends when there is room for more.</summary>
    public ValueTask AddAsync(SocketIOEvent happened)
    {
        lock (gate)
        {
            Add_NeedsLock(happened);
            if (waiting.Count < capacity) return default;
            freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(freed.Task);
        }
    }

    /// <summary>For the beginning and the end, which are always taken.</summary>
    public void Add(SocketIOEvent happened)
    {
        lock (gate) Add_NeedsLock(happened);
    }

    /// <summary>Lets a session that waits for room go on: it has ended.</summary>
    public void Release()
    {
        lock (gate) Free_NeedsLock();
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private void Add_NeedsLock(SocketIOEvent happened)
    {
        waiting.Enqueue(happened);
        if (isRunning) return;
        isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task DrainAsync()
    {
        // What handlers send before they wait leaves together.
        var batch = HandlerBatch.Begin();
        for (var handled = 0; handled < MostOnEnd; handled++)
        {
            if (!TryTake(out var happened))
            {
                HandlerBatch.End(batch);
                return;
            }
            var handling = socket.HandleAsync(happened);
            if (handling.IsCompleted) continue;
            HandlerBatch.End(batch);
            await handling.ConfigureAwait(false);
            batch = HandlerBatch.Begin();
        }
        HandlerBatch.End(batch);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryTake(out SocketIOEvent happened)
    {
        lock (gate)
        {
            isRunning = waiting.TryDequeue(out happened!);
            if (waiting.Count <= capacity / 2) Free_NeedsLock();
            return isRunning;
        }
    }

    private void Free_NeedsLock()
    {
        freed?.SetResult();
        freed = null;
    }
}
