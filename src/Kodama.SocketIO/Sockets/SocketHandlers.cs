namespace Kodama.SocketIO;

/// <summary>What a program wants to hear of one socket, and how it is told. Thread-safe; telling takes no lock.</summary>
internal sealed class SocketHandlers(SocketIOSocket socket)
{
    private volatile Handler[] all = [];

    public SocketIOSocket Socket => socket;

    /// <param name="kind">Of what it wants to hear.</param>
    /// <param name="name">The event's name; empty for other kinds.</param>
    /// <param name="own">The program's delegate.</param>
    /// <param name="run">How that is called.</param>
    /// <param name="first">Whether it comes before those that there are.</param>
    /// <param name="once">Whether it goes when it is called.</param>
    public void Add(
        HandlerKind kind, string name, Delegate own, Func<Delegate, SocketIOEvent, ValueTask> run, bool first = false, bool once = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(own);
        var added = new Handler(kind, name, own, run, once);
        lock (socket.Link.Gate)
        {
            if (kind == HandlerKind.AnyOutgoing && !Has(kind)) socket.Link.CountOutgoingListeners_NeedsLock(1);
            all = first ? [added, .. all] : [.. all, added];
        }
    }

    /// <summary>Takes the last that was added with this delegate out, or all of its kind and name.</summary>
    public void Remove(HandlerKind kind, string name, Delegate? own = null)
    {
        lock (socket.Link.Gate)
        {
            var had = Has(kind);
            if (own is not null) RemoveAt(Array.FindLastIndex(all, h => h.Is(kind, name) && h.Own == own));
            else all = Array.FindAll(all, h => !h.Is(kind, name));
            if (kind == HandlerKind.AnyOutgoing && had && !Has(kind)) socket.Link.CountOutgoingListeners_NeedsLock(-1);
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

    /// <summary>Runs the handlers of what was queued. Never throws.</summary>
    public ValueTask HandleAsync(SocketIOEvent happened) => happened.Kind switch
    {
        EventKind.Connection => HandleConnectionAsync(),
        EventKind.Disconnection => HandleDisconnectionAsync(happened),
        EventKind.Failure => HandleFailureAsync(happened),
        EventKind.Callback => HandleCallbackAsync(happened),
        _ => HandleEventAsync(happened),
    };

    /// <summary>Shows an event that goes out to those who listen for them.</summary>
    public void TellOutgoing(SocketIOEvent outgoing) => _ = RunAsync(HandlerKind.AnyOutgoing, "", outgoing).AsTask();

    private async ValueTask HandleConnectionAsync()
    {
        foreach (var handler in socket.Namespace.ConnectionHandlers)
        {
            try
            {
                await handler(socket).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                await FailedAsync("connection", exception).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask HandleDisconnectionAsync(SocketIOEvent happened)
    {
        await RunAsync(HandlerKind.Disconnecting, "", happened).ConfigureAwait(false);
        socket.Link.ForgetRooms();
        await RunAsync(HandlerKind.Disconnect, "", happened).ConfigureAwait(false);
    }

    private async ValueTask HandleFailureAsync(SocketIOEvent happened)
    {
        await RunAsync(HandlerKind.Error, "", happened).ConfigureAwait(false);
        socket.Link.Connection.FailureTold();
    }

    private async ValueTask HandleCallbackAsync(SocketIOEvent happened)
    {
        try
        {
            happened.Callback();
        }
        catch (Exception exception)
        {
            await FailedAsync(happened.Name, exception).ConfigureAwait(false);
        }
    }

    private ValueTask HandleEventAsync(SocketIOEvent happened) => Has(HandlerKind.Middleware) || Has(HandlerKind.Any)
        ? FilterAndHandleAsync(happened)
        : RunAsync(HandlerKind.Event, happened.Name, happened);

    private async ValueTask FilterAndHandleAsync(SocketIOEvent happened)
    {
        if (Has(HandlerKind.Middleware))
        {
            try
            {
                if (await MiddlewareChain.RunAsync(happened, Middlewares()).ConfigureAwait(false) is { } refusal)
                {
                    await RunAsync(HandlerKind.Error, "", SocketIOEvent.Failed(refusal)).ConfigureAwait(false);
                    return;
                }
            }
            catch (Exception exception)
            {
                await FailedAsync(happened.Name, exception).ConfigureAwait(false);
                return;
            }
        }
        await RunAsync(HandlerKind.Any, "", happened).ConfigureAwait(false);
        await RunAsync(HandlerKind.Event, happened.Name, happened).ConfigureAwait(false);
    }

    private Func<SocketIOEvent, NextMiddleware, Task>[] Middlewares() =>
        Array.ConvertAll(List(HandlerKind.Middleware), static own => (Func<SocketIOEvent, NextMiddleware, Task>)own);

    private async ValueTask RunAsync(HandlerKind kind, string name, SocketIOEvent happened)
    {
        foreach (var handler in all)
        {
            if (!handler.Is(kind, name) || (handler.IsOnce && !TryTakeOut(handler))) continue;
            try
            {
                await handler.Run(handler.Own, happened).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                await FailedAsync(NameOf(kind, name), exception, tells: kind != HandlerKind.Error).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask FailedAsync(string eventName, Exception exception, bool tells = true)
    {
        var logger = socket.Namespace.Server.Logger;
        // Whatever a client sends must not fill the log.
        if (exception is System.Text.Json.JsonException)
            SocketIOLog.WrongArgument(logger, eventName, socket.Id, socket.Namespace.Name, exception);
        else SocketIOLog.HandlerFailed(logger, eventName, socket.Id, socket.Namespace.Name, exception);
        // Of their own failures error handlers are not told.
        if (tells) await RunAsync(HandlerKind.Error, "", SocketIOEvent.Failed(exception)).ConfigureAwait(false);
    }

    private bool TryTakeOut(Handler handler)
    {
        lock (socket.Link.Gate)
        {
            var at = Array.IndexOf(all, handler);
            RemoveAt(at);
            return at >= 0;
        }
    }

    private void RemoveAt(int index)
    {
        if (index >= 0) all = [.. all[..index], .. all[(index + 1)..]];
    }

    private static string NameOf(HandlerKind kind, string name) => kind switch
    {
        HandlerKind.Disconnecting => "disconnecting",
        HandlerKind.Disconnect => "disconnect",
        HandlerKind.Error => "error",
        _ => name,
    };

    private sealed class Handler(
        HandlerKind kind, string name, Delegate own, Func<Delegate, SocketIOEvent, ValueTask> run, bool isOnce)
    {
        public HandlerKind Kind => kind;

        public Delegate Own => own;

        public Func<Delegate, SocketIOEvent, ValueTask> Run => run;

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
