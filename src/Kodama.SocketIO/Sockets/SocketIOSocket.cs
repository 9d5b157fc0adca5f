using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Kodama.SocketIO;

/// <summary>One client in one namespace, with events. Thread-safe.</summary>
/// <remarks>Handlers of one socket run one after another: one that waits makes later events wait.</remarks>
public sealed class SocketIOSocket : SocketOperator
{
    private IDictionary<string, object?>? data;

    internal SocketIOSocket(SocketPeer link, HandshakeInfo handshake, RecoverySession? previous)
    {
        Link = link;
        Handshake = handshake;
        Recovered = previous is not null;
        data = previous?.Data;
    }

    /// <summary>Its id, which other clients may know; with recovery it lasts through all connections of one client.</summary>
    public string Id => Link.Id;

    /// <summary>Where it is connected to.</summary>
    public SocketIONamespace Namespace => Link.Space;

    /// <summary>What the client said when it connected.</summary>
    public HandshakeInfo Handshake { get; }

    /// <summary>Whether it is connected: from its connection handlers on, until it ends.</summary>
    public bool Connected => Link.State == SocketState.Connected;

    /// <summary>Whether it is a socket that has come back, with its id, rooms and data, and has been sent what it missed.</summary>
    public bool Recovered { get; }

    /// <summary>Whether it is connected by <c>websocket</c> or <c>polling</c>; changes once, when it upgrades.</summary>
    public string Transport => Link.Connection.Session.Transport;

    /// <summary>The peer of the hub that it is; null in middleware, before it is let in.</summary>
    public Peer? Peer => Link.Peer;

    /// <summary>The rooms that it is in, its own of its id among them.</summary>
    public IReadOnlyCollection<string> Rooms => [Id, .. Link.Rooms];

    /// <summary>Anything that the program wants to keep with this socket. Kept while the client may come back; over a
    /// restart of the hub where it is texts, numbers, booleans and nulls.</summary>
    public IDictionary<string, object?> Data =>
        System.Threading.Volatile.Read(ref data)
            ?? Interlocked.CompareExchange(ref data, new ConcurrentDictionary<string, object?>(StringComparer.Ordinal), null)
            ?? data;

    /// <summary>All others of the namespace.</summary>
    public BroadcastOperator Broadcast => BroadcastOperator.Narrow(new Audience(Namespace) { Self = this });

    internal SocketPeer Link { get; }

    internal IDictionary<string, object?>? KeptData => data;

    internal override Audience Audience => new(Namespace) { Only = this };

    /// <summary>The others in these rooms; a socket's id is a room too.</summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>The same as <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>The others that are in none of these rooms.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Broadcast.Except(rooms);

    /// <summary>Takes it into rooms; it gets what is sent there from now on. In middleware: as soon as it is connected.</summary>
    /// <exception cref="ArgumentException">No room can have the name: <see cref="RoomName.Rule"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// It is in as many rooms as <see cref="HubOptions.MaxRoomsPerPeer"/> allows, the hub has as many as it may, or what is kept of a room
    /// cannot be opened now.
    /// </exception>
    public Task JoinAsync(params ReadOnlySpan<string> rooms)
    {
        foreach (var name in rooms)
        {
            var hubRoom = Namespace.HubRooms.Of(name);
            RoomName.ThrowIfInvalid(hubRoom, nameof(rooms));
            var why = Link.TryJoin(name, hubRoom, grant: null) switch
            {
                JoinResult.PeerFull => $"it is in {Namespace.Hub.Options.MaxRoomsPerPeer} rooms, as many as MaxRoomsPerPeer allows.",
                JoinResult.HubFull => "the hub has as many rooms as Log.MaxRooms allows.",
                JoinResult.Unavailable => "what is kept of the room cannot be read now.",
                _ => null,
            };
            if (why is not null) throw new InvalidOperationException($"Socket {Id} cannot join \"{name}\": {why}");
        }
        return Task.CompletedTask;
    }

    /// <summary>Takes it out of rooms.</summary>
    public Task LeaveAsync(params ReadOnlySpan<string> rooms)
    {
        foreach (var name in rooms) Link.TryLeave(name);
        return Task.CompletedTask;
    }

    /// <summary>Ends it: the client learns that this side did, and does not come back by itself.</summary>
    /// <param name="close">Whether the connection ends too, with the other namespaces that the client is in.</param>
    public void Disconnect(bool close = false)
    {
        if (close) Link.Connection.Disconnect();
        else Link.End(DisconnectReason.ServerNamespaceDisconnect, tells: true);
    }

    internal void Do(SocketMove move, ReadOnlySpan<string> rooms)
    {
        if (move == SocketMove.Join) JoinAsync(rooms);
        else if (move == SocketMove.Leave) LeaveAsync(rooms);
        else Disconnect(close: move == SocketMove.Close);
    }

    /// <summary>Handles an event with its arguments as they came.</summary>
    public SocketIOSocket On(string eventName, Func<SocketIOEvent, Task> handler) =>
        Add(eventName, handler, static (h, e) => ((Func<SocketIOEvent, Task>)h)(e));

    /// <summary>Handles an event with its arguments as they came.</summary>
    public SocketIOSocket On(string eventName, Action<SocketIOEvent> handler) =>
        Add(eventName, handler, static (h, e) => ((Action<SocketIOEvent>)h)(e));

    /// <summary>Handles an event without arguments.</summary>
    public SocketIOSocket On(string eventName, Func<Task> handler) => Add(eventName, handler, static (h, _) => ((Func<Task>)h)());

    /// <summary>Handles an event without arguments.</summary>
    public SocketIOSocket On(string eventName, Action handler) => Add(eventName, handler, static (h, _) => ((Action)h)());

    /// <summary>Handles an event with its first argument; it is the type's default value if the client sent none.</summary>
    public SocketIOSocket On<T>(string eventName, Func<T, Task> handler) =>
        Add(eventName, handler, static (h, e) => ((Func<T, Task>)h)(e.Get<T>(0)!));

    /// <summary>Handles an event with its first argument.</summary>
    public SocketIOSocket On<T>(string eventName, Action<T> handler) =>
        Add(eventName, handler, static (h, e) => ((Action<T>)h)(e.Get<T>(0)!));

    /// <summary>Handles an event with its first two arguments.</summary>
    [OverloadResolutionPriority(1)]
    public SocketIOSocket On<T1, T2>(string eventName, Func<T1, T2, Task> handler) =>
        Add(eventName, handler, static (h, e) => ((Func<T1, T2, Task>)h)(e.Get<T1>(0)!, e.Get<T2>(1)!));

    /// <summary>Handles an event with its first two arguments.</summary>
    [OverloadResolutionPriority(1)]
    public SocketIOSocket On<T1, T2>(string eventName, Action<T1, T2> handler) =>
        Add(eventName, handler, static (h, e) => ((Action<T1, T2>)h)(e.Get<T1>(0)!, e.Get<T2>(1)!));

    /// <summary>Handles an event with its first three arguments.</summary>
    [OverloadResolutionPriority(1)]
    public SocketIOSocket On<T1, T2, T3>(string eventName, Func<T1, T2, T3, Task> handler) =>
        Add(eventName, handler, static (h, e) => ((Func<T1, T2, T3, Task>)h)(e.Get<T1>(0)!, e.Get<T2>(1)!, e.Get<T3>(2)!));

    /// <summary>Handles an event with its first three arguments.</summary>
    [OverloadResolutionPriority(1)]
    public SocketIOSocket On<T1, T2, T3>(string eventName, Action<T1, T2, T3> handler) =>
        Add(eventName, handler, static (h, e) => ((Action<T1, T2, T3>)h)(e.Get<T1>(0)!, e.Get<T2>(1)!, e.Get<T3>(2)!));

    /// <summary>Handles an event with its first argument and a callback that acknowledges it; only the callback's first call
    /// counts.</summary>
    public SocketIOSocket On<T, TAck>(string eventName, Func<T, Action<TAck>, Task> handler) =>
        Add(eventName, handler, static (h, e) => ((Func<T, Action<TAck>, Task>)h)(e.Get<T>(0)!, e.Ack));

    /// <summary>Handles an event with its first argument and a callback that acknowledges it.</summary>
    public SocketIOSocket On<T, TAck>(string eventName, Action<T, Action<TAck>> handler) =>
        Add(eventName, handler, static (h, e) => ((Action<T, Action<TAck>>)h)(e.Get<T>(0)!, e.Ack));

    /// <summary>Handles an event with its first argument, and acknowledges it with what the task answers.</summary>
    public SocketIOSocket On<T, TAck>(string eventName, Func<T, Task<TAck>> handler) =>
        Add(eventName, handler, static async (h, e) => e.Ack(await ((Func<T, Task<TAck>>)h)(e.Get<T>(0)!).ConfigureAwait(false)));

    /// <summary>Handles an event with its first two arguments and a callback that acknowledges it.</summary>
    public SocketIOSocket On<T1, T2, TAck>(string eventName, Func<T1, T2, Action<TAck>, Task> handler) =>
        Add(eventName, handler, static (h, e) => ((Func<T1, T2, Action<TAck>, Task>)h)(e.Get<T1>(0)!, e.Get<T2>(1)!, e.Ack));

    /// <summary>Handles an event with its first two arguments and a callback that acknowledges it.</summary>
    public SocketIOSocket On<T1, T2, TAck>(string eventName, Action<T1, T2, Action<TAck>> handler) =>
        Add(eventName, handler, static (h, e) => ((Action<T1, T2, Action<TAck>>)h)(e.Get<T1>(0)!, e.Get<T2>(1)!, e.Ack));

    /// <summary>Handles an event with its first two arguments, and acknowledges it with what the task answers.</summary>
    public SocketIOSocket On<T1, T2, TAck>(string eventName, Func<T1, T2, Task<TAck>> handler) => Add(
        eventName, handler,
        static async (h, e) => e.Ack(await ((Func<T1, T2, Task<TAck>>)h)(e.Get<T1>(0)!, e.Get<T2>(1)!).ConfigureAwait(false)));

    /// <summary>Handles the next event of this name, and no more.</summary>
    public SocketIOSocket Once(string eventName, Func<SocketIOEvent, Task> handler) =>
        Add(eventName, handler, static (h, e) => ((Func<SocketIOEvent, Task>)h)(e), isOnce: true);

    /// <summary>Handles the event no more: by this handler, or by none.</summary>
    public SocketIOSocket Off(string eventName, Delegate? handler = null) => Remove(HandlerKind.Event, handler, eventName);

    /// <summary>The handlers of an event, in the order in which they run.</summary>
    public IReadOnlyList<Delegate> Listeners(string eventName) => Link.Handlers.List(HandlerKind.Event, eventName);

    /// <summary>Hears every event, before its own handlers.</summary>
    public SocketIOSocket OnAny(Action<SocketIOEvent> handler) => AddAny(HandlerKind.Any, handler);

    /// <summary>Hears every event, before those who do already.</summary>
    public SocketIOSocket PrependAny(Action<SocketIOEvent> handler) => AddAny(HandlerKind.Any, handler, isFirst: true);

    /// <summary>Hears every event no more: this handler, or none.</summary>
    public SocketIOSocket OffAny(Action<SocketIOEvent>? handler = null) => Remove(HandlerKind.Any, handler);

    /// <summary>Who hears every event, in the order in which they do.</summary>
    public IReadOnlyList<Delegate> ListenersAny() => Link.Handlers.List(HandlerKind.Any);

    /// <summary>Hears every event that is sent to this socket by the program, alone or with others; not what is relayed without
    /// code.</summary>
    public SocketIOSocket OnAnyOutgoing(Action<SocketIOEvent> handler) => AddAny(HandlerKind.AnyOutgoing, handler);

    /// <summary>The same, before those who do already.</summary>
    public SocketIOSocket PrependAnyOutgoing(Action<SocketIOEvent> handler) => AddAny(HandlerKind.AnyOutgoing, handler, isFirst: true);

    /// <summary>Hears what is sent no more: this handler, or none.</summary>
    public SocketIOSocket OffAnyOutgoing(Action<SocketIOEvent>? handler = null) => Remove(HandlerKind.AnyOutgoing, handler);

    /// <summary>Who hears what is sent, in the order in which they do.</summary>
    public IReadOnlyList<Delegate> ListenersAnyOutgoing() => Link.Handlers.List(HandlerKind.AnyOutgoing);

    /// <summary>Stands before the handlers of this socket's events, which it may change: goes on with <c>next()</c>; refuses with
    /// <c>next(error)</c> or an exception, of which the error handlers hear.</summary>
    public SocketIOSocket Use(Func<SocketIOEvent, NextMiddleware, Task> middleware) =>
        Add("", middleware, static (_, _) => { }, HandlerKind.Middleware);

    /// <summary>Runs when the socket ends, with its rooms still told by <see cref="Rooms"/>; the reason is one of <see
    /// cref="DisconnectReason"/>.</summary>
    public SocketIOSocket OnDisconnecting(Action<string> handler) =>
        Add("", handler, static (h, e) => ((Action<string>)h)((string)e.Detail!), HandlerKind.Disconnecting);

    /// <summary>Runs when the socket has ended, after the handlers of all its events; the reason is one of <see
    /// cref="DisconnectReason"/>.</summary>
    public SocketIOSocket OnDisconnect(Func<string, Task> handler) =>
        Add("", handler, static (h, e) => ((Func<string, Task>)h)((string)e.Detail!), HandlerKind.Disconnect);

    /// <summary>Runs when the socket has ended.</summary>
    public SocketIOSocket OnDisconnect(Action<string> handler) =>
        Add("", handler, static (h, e) => ((Action<string>)h)((string)e.Detail!), HandlerKind.Disconnect);

    /// <summary>Hears of exceptions of the handlers, which are logged too, of events that middleware refuses, and of malformed
    /// packets, after which the connection ends.</summary>
    public SocketIOSocket OnError(Action<Exception> handler) =>
        Add("", handler, static (h, e) => ((Action<Exception>)h)((Exception)e.Detail!), HandlerKind.Error);

    private SocketIOSocket AddAny(HandlerKind kind, Action<SocketIOEvent> handler, bool isFirst = false) =>
        Add("", handler, static (h, e) => ((Action<SocketIOEvent>)h)(e), kind, isFirst);

    private SocketIOSocket Add(
        string eventName, Delegate handler, Action<Delegate, SocketIOEvent> run, HandlerKind kind = HandlerKind.Event, bool isFirst = false)
    {
        Link.Handlers.Add(kind, eventName, handler, run, isFirst);
        return this;
    }

    private SocketIOSocket Add(
        string eventName, Delegate handler, Func<Delegate, SocketIOEvent, Task> run, HandlerKind kind = HandlerKind.Event,
        bool isOnce = false)
    {
        Link.Handlers.Add(kind, eventName, handler, run, isOnce: isOnce);
        return this;
    }

    private SocketIOSocket Remove(HandlerKind kind, Delegate? handler, string eventName = "")
    {
        Link.Handlers.Remove(kind, eventName, handler);
        return this;
    }
}
