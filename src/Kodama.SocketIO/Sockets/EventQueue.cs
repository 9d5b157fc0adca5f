namespace Kodama.SocketIO;

/// <summary>
/// What waits for the handlers of one socket: they run one after another, on the thread pool, and a worker exists only while there is work.
/// Bounded in events and in bytes: once it is full the session reads no further, so that its client waits.
/// </summary>
/// <remarks>
/// A handler may wait for an acknowledgement, which lies behind the events that do not fit. While one is expected of the client the session
/// reads on, until the queue holds <see cref="MostOver"/> times as much as it should; then it ends the session.
/// </remarks>
internal sealed class EventQueue(SocketPeer socket, SocketHandlers handlers) : IThreadPoolWorkItem
{
    /// <summary>What one polling body may bring; an event on its own may be larger.</summary>
    public const long MaxBytes = 1024 * 1024;

    // Then others have their turn on the thread.
    private const int MostOnEnd = 64;

    private const int MostOver = 4;

    private SocketIOEvent? first;
    private SocketIOEvent? last;
    private int count;
    private long bytes;
    private bool isRunning;
    private TaskCompletionSource? freed;

    /// <summary>Ends when there is room for more.</summary>
    public ValueTask AddAsync(SocketIOEvent happened)
    {
        lock (socket.Gate)
        {
            Add_NeedsLock(happened);
            if (!Holds_NeedsLock(1)) return default;
            // Asked under the lock: who expects an answer from here on, releases.
            if (!socket.Connection.IsAskedForAcks)
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
        lock (socket.Gate) Add_NeedsLock(happened);
    }

    /// <summary>Lets a session that waits for room go on: it has ended, or an acknowledgement is expected of its client.</summary>
    public void Release()
    {
        lock (socket.Gate) Free_NeedsLock();
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private void Add_NeedsLock(SocketIOEvent happened)
    {
        if (last is null) first = happened;
        else last.Next = happened;
        last = happened;
        count++;
        bytes += happened.Bytes;
        if (isRunning) return;
        isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task DrainAsync()
    {
        for (var handled = 0; handled < MostOnEnd; handled++)
        {
            if (TryTake() is not { } happened) return;
            await handlers.HandleAsync(happened).ConfigureAwait(false);
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private SocketIOEvent? TryTake()
    {
        lock (socket.Gate)
        {
            var taken = first;
            isRunning = taken is not null;
            if (taken is not null)
            {
                first = taken.Next;
                taken.Next = null;
                if (first is null) last = null;
                count--;
                bytes -= taken.Bytes;
            }
            if (freed is not null && count <= socket.Space.Server.Options.MaxPendingEvents / 2 && bytes <= MaxBytes / 2) Free_NeedsLock();
            return taken;
        }
    }

    private bool Holds_NeedsLock(int times) =>
        count >= (long)socket.Space.Server.Options.MaxPendingEvents * times || bytes >= MaxBytes * times;

    private void Free_NeedsLock()
    {
        freed?.SetResult();
        freed = null;
    }
}
