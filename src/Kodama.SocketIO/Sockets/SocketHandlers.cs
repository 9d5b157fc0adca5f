namespace Kodama.SocketIO;

/// <summary>
/// What a program wants to hear of one socket, and what waits to be told: handlers run one after another, on the thread pool, and a worker
/// exists only while there is work. Bounded in events and in bytes: once it is full the session reads no further, so that its client waits.
/// Thread-safe; telling takes no lock.
/// </summary>
/// <remarks>
/// A handler may wait for an acknowledgement, which lies behind the events that do not fit. While one is expected of the client the session
/// reads on, until there wait <see cref="MostOver"/> times as many as should; then it ends.
/// </remarks>
internal sealed class SocketHandlers(SocketPeer link) : IThreadPoolWorkItem
{
    /// <summary>What one polling body may bring; an event on its own may be larger.</summary>
    public const long MaxBytes = 1024 * 1024;

    // Then others have their turn on the thread.
    private const int MostOnEnd = 64;

    private const int MostOver = 4;

    private volatile Handler[] all = [];

    private SocketIOEvent? first;
    private SocketIOEvent? last;
    private int count;
    private long bytes;
    private bool isRunning;
    private TaskCompletionSource? freed;

    private int MaxPending => link.Space.Server.Options.MaxPendingEvents;

    /// <param name="kind">Of what it wants to hear.</param>
    /// <param name="name">The event's name; empty for other kinds.</param>
    /// <param name="own">The program's delegate.</param>
    /// <param name="run">How that is called: an action or a function of it and the event.</param>
    /// <param name="isFirst">Whether it comes before those that there are.</param>
    /// <param name="isOnce">Whether it goes when it is called.</param>
    public void Add(HandlerKind kind, string name, Delegate own, Delegate run, bool isFirst = false, bool isOnce = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(own);
        var added = new Handler(kind, name, own, run, isOnce);
        lock (link.Gate) all = isFirst ? [added, .. all] : [.. all, added];
        if (kind == HandlerKind.AnyOutgoing) link.Space.HasOutgoingListeners = true;
    }

    /// <summary>Takes the last that was added with this delegate out, or all of its kind and name.</summary>
    public void Remove(HandlerKind kind, string name, Delegate? own)
    {
        lock (link.Gate)
        {
            var last = Array.FindLast(all, h => h.Is(kind, name) && h.Own == own);
            all = Array.FindAll(all, h => own is null ? !h.Is(kind, name) : h != last);
        }
    }

    public bool Has(HandlerKind kind)
    {
        foreach (var handler in all)
        {
            if (handler.Kind == kind) return true;
        }
        return false;
    }

    public Delegate[] List(HandlerKind kind, string name = "") => [.. all.Where(h => h.Is(kind, name)).Select(h => h.Own)];

    /// <summary>Has the handlers told of an event of the client, behind what waits. Ends when there is room for more.</summary>
    public ValueTask QueueAsync(SocketIOEvent happened)
    {
        lock (link.Gate)
        {
            Queue_NeedsLock(happened);
            if (!Holds_NeedsLock(1)) return default;
            // Asked under the lock: who expects an answer from here on, releases.
            if (!link.Connection.IsAskedForAcks)
            {
                freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return new ValueTask(freed.Task);
            }
            if (!Holds_NeedsLock(MostOver)) return default;
        }
        SocketIOLog.Flooded(link.Space.Server.Logger, link.Id, link.Space.Name);
        link.Connection.End(DisconnectReason.ForcedServerClose);
        return default;
    }

    /// <summary>The connection handlers are to run.</summary>
    public void QueueConnection() => Queue(_ => HandleConnectionAsync());

    /// <summary>The disconnect handlers are to run, behind all that waits.</summary>
    public void QueueDisconnection(string reason) => Queue(HandleDisconnectionAsync, reason);

    /// <summary>The error handlers are to hear of a packet that is none; then the connection does.</summary>
    public void QueueMalformed(SocketIOException failure) => Queue(HandleMalformedAsync, failure);

    /// <summary>An acknowledgement has come, or is not to come.</summary>
    public void QueueAnswer(string eventName, Action answered) => Queue(async _ => await TryAsync(eventName, () =>
    {
        answered();
        return Task.CompletedTask;
    }).ConfigureAwait(false));

    /// <summary>Lets a session that waits for room go on: it has ended, or an acknowledgement is expected of its client.</summary>
    public void Release()
    {
        lock (link.Gate) Free_NeedsLock();
    }

    /// <summary>Shows an event that goes out to those who listen for them.</summary>
    public void TellOutgoing(SocketIOEvent outgoing) => _ = RunAsync(HandlerKind.AnyOutgoing, "", outgoing).AsTask();

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private void Queue(Func<SocketIOEvent, ValueTask> step, object? detail = null)
    {
        lock (link.Gate) Queue_NeedsLock(new SocketIOEvent(step, detail));
    }

    private void Queue_NeedsLock(SocketIOEvent happened)
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
            await HandleAsync(happened).ConfigureAwait(false);
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private SocketIOEvent? TryTake()
    {
        lock (link.Gate)
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
            if (count <= MaxPending / 2 && bytes <= MaxBytes / 2) Free_NeedsLock();
            return taken;
        }
    }

    private bool Holds_NeedsLock(int times) => count >= (long)MaxPending * times || bytes >= MaxBytes * times;

    private void Free_NeedsLock()
    {
        freed?.SetResult();
        freed = null;
    }

    // Never throws.
    private ValueTask HandleAsync(SocketIOEvent happened)
    {
        if (happened.Step is { } step) return step(happened);
        return Has(HandlerKind.Middleware) || Has(HandlerKind.Any)
            ? FilterAndHandleAsync(happened)
            : RunAsync(HandlerKind.Event, happened.Name, happened);
    }

    private async ValueTask HandleConnectionAsync()
    {
        foreach (var handler in link.Space.ConnectionHandlers)
            await TryAsync("connection", () => handler(link.Socket)).ConfigureAwait(false);
    }

    private async ValueTask HandleDisconnectionAsync(SocketIOEvent end)
    {
        await RunAsync(HandlerKind.Disconnecting, "", end).ConfigureAwait(false);
        link.Peer?.ForgetLeft();
        await RunAsync(HandlerKind.Disconnect, "", end).ConfigureAwait(false);
    }

    private async ValueTask HandleMalformedAsync(SocketIOEvent failure)
    {
        await RunAsync(HandlerKind.Error, "", failure).ConfigureAwait(false);
        link.Connection.FailureTold();
    }

    private ValueTask TellAsync(Exception failure) => RunAsync(HandlerKind.Error, "", new SocketIOEvent(step: null, failure));

    private async ValueTask FilterAndHandleAsync(SocketIOEvent happened)
    {
        Exception? refusal = null;
        if (Has(HandlerKind.Middleware))
        {
            var middlewares = Array.ConvertAll(List(HandlerKind.Middleware), static own => (Func<SocketIOEvent, NextMiddleware, Task>)own);
            if (!await TryAsync(happened.Name, AskAsync).ConfigureAwait(false)) return;

            async Task AskAsync() => refusal = await MiddlewareChain.RunAsync(happened, middlewares).ConfigureAwait(false);
        }
        if (refusal is not null)
        {
            await TellAsync(refusal).ConfigureAwait(false);
            return;
        }
        await RunAsync(HandlerKind.Any, "", happened).ConfigureAwait(false);
        await RunAsync(HandlerKind.Event, happened.Name, happened).ConfigureAwait(false);
    }

    /// <summary>False, when it has failed.</summary>
    private async ValueTask<bool> TryAsync(string eventName, Func<Task> handle)
    {
        try
        {
            await handle().ConfigureAwait(false);
            return true;
        }
        catch (Exception exception)
        {
            await FailedAsync(eventName, exception).ConfigureAwait(false);
            return false;
        }
    }

    private async ValueTask RunAsync(HandlerKind kind, string name, SocketIOEvent happened)
    {
        foreach (var handler in all)
        {
            if (!handler.Is(kind, name) || (handler.IsOnce && !TryTakeOut(handler))) continue;
            try
            {
                if (handler.Run is Action<Delegate, SocketIOEvent> run) run(handler.Own, happened);
                else await ((Func<Delegate, SocketIOEvent, Task>)handler.Run)(handler.Own, happened).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                var told = kind == HandlerKind.Event ? name : kind.ToString();
                // Of their own failures error handlers are not told.
                await FailedAsync(told, exception, tells: kind != HandlerKind.Error).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask FailedAsync(string eventName, Exception exception, bool tells = true)
    {
        var (logger, space) = (link.Space.Server.Logger, link.Space.Name);
        // Whatever a client sends must not fill the log.
        if (exception is System.Text.Json.JsonException) SocketIOLog.WrongArgument(logger, eventName, link.Id, space, exception);
        else SocketIOLog.HandlerFailed(logger, eventName, link.Id, space, exception);
        if (tells) await TellAsync(exception).ConfigureAwait(false);
    }

    private bool TryTakeOut(Handler handler)
    {
        lock (link.Gate)
        {
            var had = all.Length;
            all = Array.FindAll(all, h => h != handler);
            return all.Length < had;
        }
    }

    private sealed class Handler(HandlerKind kind, string name, Delegate own, Delegate run, bool isOnce)
    {
        public HandlerKind Kind => kind;

        public Delegate Own => own;

        public Delegate Run => run;

        public bool IsOnce => isOnce;

        public bool Is(HandlerKind other, string eventName) => kind == other && name == eventName;
    }
}

/// <summary>Of what a handler wants to hear.</summary>
internal enum HandlerKind : byte
{
    /// <summary>Events of one name.</summary>
    Event,

    /// <summary>Every event that comes.</summary>
    Any,

    /// <summary>Every event that the program sends.</summary>
    AnyOutgoing,

    /// <summary>It stands before the handlers of events.</summary>
    Middleware,

    /// <summary>The end, with the rooms still there.</summary>
    Disconnecting,

    Disconnect,

    Error,
}
