namespace Kodama.SocketIO;

/// <summary>
/// What waits for the handlers of one socket: they run one after another, on the thread pool, and a worker exists only while there is work.
/// Bounded in events and in bytes: once it is full the session reads no further, so that its client waits.
/// </summary>
/// <remarks>
/// A handler may wait for an acknowledgement, which lies behind the events that do not fit. While one is expected of the client the session
/// reads on, until the queue holds <see cref="MostOver"/> times as much as it should; then it ends the session.
/// </remarks>
internal sealed class EventQueue(SocketIOSocket socket, int capacity) : IThreadPoolWorkItem
{
    // Then others have their turn on the thread.
    private const int MostOnEnd = 64;

    // What one polling body may bring; an event on its own may be larger.
    private const long MaxBytes = 1024 * 1024;

    private const int MostOver = 4;

    private readonly Lock gate = new();
    private readonly Queue<SocketIOEvent> waiting = new();
    private long bytes;
    private bool isRunning;
    private TaskCompletionSource? freed;

    /// <summary>Ends when there is room for more.</summary>
    public ValueTask AddAsync(SocketIOEvent happened)
    {
        lock (gate)
        {
            Add_NeedsLock(happened);
            if (!Holds_NeedsLock(1)) return default;
            // Asked under the lock: who expects an answer from here on, releases.
            if (!socket.IsAskedForAcks)
            {
                freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return new ValueTask(freed.Task);
            }
            if (!Holds_NeedsLock(MostOver)) return default;
        }
        socket.EndAsFlooded();
        return default;
    }

    /// <summary>For the beginning and the end, which are always taken.</summary>
    public void Add(SocketIOEvent happened)
    {
        lock (gate) Add_NeedsLock(happened);
    }

    /// <summary>Lets a session that waits for room go on: it has ended, or an acknowledgement is expected of its client.</summary>
    public void Release()
    {
        lock (gate) Free_NeedsLock();
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private void Add_NeedsLock(SocketIOEvent happened)
    {
        waiting.Enqueue(happened);
        bytes += happened.Bytes;
        if (isRunning) return;
        isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task DrainAsync()
    {
        for (var handled = 0; handled < MostOnEnd; handled++)
        {
            if (!TryTake(out var happened)) return;
            await socket.HandleAsync(happened).ConfigureAwait(false);
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryTake(out SocketIOEvent happened)
    {
        lock (gate)
        {
            isRunning = waiting.TryDequeue(out happened!);
            if (isRunning) bytes -= happened.Bytes;
            if (waiting.Count <= capacity / 2 && bytes <= MaxBytes / 2) Free_NeedsLock();
            return isRunning;
        }
    }

    private bool Holds_NeedsLock(int times) => waiting.Count >= (long)capacity * times || bytes >= MaxBytes * times;

    private void Free_NeedsLock()
    {
        freed?.SetResult();
        freed = null;
    }
}
