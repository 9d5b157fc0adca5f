using System.Runtime.CompilerServices;

namespace Kodama.SocketIO;

/// <content>What a program wants to hear. Handlers of one socket run one after another: one that waits makes later events wait.</content>
public sealed partial class SocketIOSocket
{
    private HandlerTable? handlers;
    private Func<SocketIOEvent, NextMiddleware, Task>[] packetMiddlewares = [];
    private Func<string, ValueTask>[] disconnectingHandlers = [];
    private Func<string, ValueTask>[] disconnectHandlers = [];
    private Action<Exception>[] errorHandlers = [];

    private HandlerTable Handlers => handlers ?? Interlocked.CompareExchange(ref handlers, new HandlerTable(), null) ?? handlers;

    /// <summary>Handles an event with its arguments as they came.</summary>
    public SocketIOSocket On(string eventName, Func<SocketIOEvent, Task> handler) => Add(eventName, e => new ValueTask(handler(e)));

    /// <summary>Handles an event with its arguments as they came.</summary>
    public SocketIOSocket On(string eventName, Action<SocketIOEvent> handler) => Add(eventName, handler);

    /// <summary>Handles an event without arguments.</summary>
    public SocketIOSocket On(string eventName, Func<Task> handler) => Add(eventName, _ => new ValueTask(handler()));

    /// <summary>Handles an event without arguments.</summary>
    public SocketIOSocket On(string eventName, Action handler) => Add(eventName, _ => handler());

    /// <summary>Handles an event with its first argument; it is the type's default value if the client sent none.</summary>
    public SocketIOSocket On<T>(string eventName, Func<T, Task> handler) => Add(eventName, e => new ValueTask(handler(e.Get<T>(0)!)));

    /// <summary>Handles an event with its first argument.</summary>
    public SocketIOSocket On<T>(string eventName, Action<T> handler) => Add(eventName, e => handler(e.Get<T>(0)!));

    /// <summary>Handles an event with its first two arguments.</summary>
    [OverloadResolutionPriority(1)]
    public SocketIOSocket On<T1, T2>(string eventName, Func<T1, T2, Task> handler) =>
        Add(eventName, e => new ValueTask(handler(e.Get<T1>(0)!, e.Get<T2>(1)!)));

    /// <summary>Handles an event with its first two arguments.</summary>
    [OverloadResolutionPriority(1)]
    public SocketIOSocket On<T1, T2>(string eventName, Action<T1, T2> handler) =>
        Add(eventName, e => handler(e.Get<T1>(0)!, e.Get<T2>(1)!));

    /// <summary>Handles an event with its first three arguments.</summary>
    public SocketIOSocket On<T1, T2, T3>(string eventName, Func<T1, T2, T3, Task> handler) =>
        Add(eventName, e => new ValueTask(handler(e.Get<T1>(0)!, e.Get<T2>(1)!, e.Get<T3>(2)!)));

    /// <summary>Handles an event with its first three arguments.</summary>
    public SocketIOSocket On<T1, T2, T3>(string eventName, Action<T1, T2, T3> handler) =>
        Add(eventName, e => handler(e.Get<T1>(0)!, e.Get<T2>(1)!, e.Get<T3>(2)!));

    /// <summary>Handles an event with its first argument and a callback that acknowledges it; only the callback's first call
    /// counts.</summary>
    public SocketIOSocket On<T, TAck>(string eventName, Func<T, Action<TAck>, Task> handler) =>
        Add(eventName, e => new ValueTask(handler(e.Get<T>(0)!, e.Ack)));

    /// <summary>Handles an event with its first argument and a callback that acknowledges it.</summary>
    public SocketIOSocket On<T, TAck>(string eventName, Action<T, Action<TAck>> handler) =>
        Add(eventName, e => handler(e.Get<T>(0)!, e.Ack));

    /// <summary>Handles an event with its first argument, and acknowledges it with what the task answers.</summary>
    public SocketIOSocket On<T, TAck>(string eventName, Func<T, Task<TAck>> handler) =>
        Add(eventName, async e => e.Ack(await handler(e.Get<T>(0)!).ConfigureAwait(false)));

    /// <summary>Handles the next event of this name, and no more.</summary>
    public SocketIOSocket Once(string eventName, Func<SocketIOEvent, Task> handler)
    {
        Func<SocketIOEvent, ValueTask> once = null!;
        once = e =>
        {
            Handlers.Remove(eventName, once);
            return new ValueTask(handler(e));
        };
        return Add(eventName, once);
    }

    /// <summary>Handles the event no more.</summary>
    public SocketIOSocket Off(string eventName)
    {
        Handlers.Remove(eventName);
        return this;
    }

    /// <summary>Hears every event, before its own handlers.</summary>
    public SocketIOSocket OnAny(Action<SocketIOEvent> handler)
    {
        Handlers.AddAny(e => Run(handler, e));
        return this;
    }

    /// <summary>Hears every event that is sent to this socket by the program, alone or with others; not what is relayed without
    /// code.</summary>
    public SocketIOSocket OnAnyOutgoing(Action<SocketIOEvent> handler)
    {
        lock (gate)
        {
            if (cleaned == 0 && Handlers.AnyOutgoing.Length == 0) Namespace.CountOutgoingListeners(1);
            Handlers.AddAnyOutgoing(e => Run(handler, e));
        }
        return this;
    }

    /// <summary>Stands before the handlers of this socket's events: goes on with <c>next()</c>; refuses with <c>next(error)</c> or an
    /// exception, of which the error handlers hear.</summary>
    public SocketIOSocket Use(Func<SocketIOEvent, NextMiddleware, Task> middleware)
    {
        lock (gate) packetMiddlewares = [.. packetMiddlewares, middleware];
        return this;
    }

    /// <summary>Runs when the socket ends, with its rooms still told by <see cref="Rooms"/>; the reason is one of <see
    /// cref="DisconnectReason"/>.</summary>
    public SocketIOSocket OnDisconnecting(Action<string> handler)
    {
        lock (gate)
        {
            disconnectingHandlers = [.. disconnectingHandlers, reason =>
            {
                handler(reason);
                return default;
            }];
        }
        return this;
    }

    /// <summary>Runs when the socket has ended, after the handlers of all its events; the reason is one of <see
    /// cref="DisconnectReason"/>.</summary>
    public SocketIOSocket OnDisconnect(Func<string, Task> handler)
    {
        lock (gate) disconnectHandlers = [.. disconnectHandlers, reason => new ValueTask(handler(reason))];
        return this;
    }

    /// <summary>Runs when the socket has ended.</summary>
    public SocketIOSocket OnDisconnect(Action<string> handler)
    {
        lock (gate)
        {
            disconnectHandlers = [.. disconnectHandlers, reason =>
            {
                handler(reason);
                return default;
            }];
        }
        return this;
    }

    /// <summary>Hears of exceptions of the handlers, which are logged too, of events that middleware refuses, and of malformed
    /// packets.</summary>
    public SocketIOSocket OnError(Action<Exception> handler)
    {
        lock (gate) errorHandlers = [.. errorHandlers, handler];
        return this;
    }

    private static ValueTask Run(Action<SocketIOEvent> handler, SocketIOEvent happened)
    {
        handler(happened);
        return default;
    }

    private SocketIOSocket Add(string eventName, Action<SocketIOEvent> handler) => Add(eventName, e => Run(handler, e));

    private SocketIOSocket Add(string eventName, Func<SocketIOEvent, ValueTask> handler)
    {
        Handlers.Add(eventName, handler);
        return this;
    }
}
