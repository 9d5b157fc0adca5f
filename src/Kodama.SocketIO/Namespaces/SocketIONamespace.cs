using System.Collections.Concurrent;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>
/// Sockets under one name, with handlers and middleware of their own. One that a pattern or predicate describes is the common part of all namespaces that it
/// admits, and sends to all of them. Thread-safe.
/// </summary>
public sealed partial class SocketIONamespace : BroadcastSource
{
    private readonly ConcurrentDictionary<string, SocketIOSocket> sockets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SocketIONamespace> children = new(StringComparer.Ordinal);
    private readonly SocketIONamespace? parent;
    private readonly Lock gate = new();
    private Func<SocketIOSocket, ValueTask>[] connectionHandlers = [];
    private Func<SocketIOSocket, NextMiddleware, Task>[] middlewares = [];
    private long lastAckId = -1;
    private int outgoingListeners;
    private int users;
    private bool isGone;

    internal SocketIONamespace(SocketIOServer server, string name, SocketIONamespace? parent = null, bool isDynamic = false, bool isParent = false)
    {
        Server = server;
        Name = name;
        NameBytes = Encoding.UTF8.GetBytes(name);
        IsDynamic = isDynamic;
        IsParent = isParent;
        this.parent = parent;
        HubRooms = new HubRooms(name, server.DefaultRoom);
        All = new BroadcastOperator(this);
        if (isParent) return;
        Recovery = server.CreateRecovery(this);
        Encoders = new NamespaceEncoders(NameBytes, server.Options.PerMessageDeflate, Recovery);
    }

    /// <summary>Its name, such as <c>/admin</c>.</summary>
    public string Name { get; }

    /// <summary>The sockets that are connected to it now, by their ids.</summary>
    public IReadOnlyDictionary<string, SocketIOSocket> Sockets => sockets;

    internal SocketIOServer Server { get; }

    internal Hub Hub => Server.Hub;

    internal ReadOnlyMemory<byte> NameBytes { get; }

    internal HubRooms HubRooms { get; }

    internal NamespaceEncoders Encoders { get; } = null!;

    internal NamespaceRecovery? Recovery { get; }

    internal Func<SocketIOSocket, NextMiddleware, Task>[] Middlewares => [.. parent?.middlewares ?? [], .. middlewares];

    /// <summary>Whether a socket must pass something to come in.</summary>
    internal bool IsGuarded => middlewares.Length > 0 || parent?.IsGuarded == true;

    internal Func<SocketIOSocket, ValueTask>[] ConnectionHandlers => [.. parent?.connectionHandlers ?? [], .. connectionHandlers];

    /// <summary>Whether events go to handlers; where there are none they are relayed.</summary>
    internal bool HasCode => connectionHandlers.Length > 0 || parent?.HasCode == true;

    internal IEnumerable<SocketIONamespace> Children => children.Values;

    internal override ArgumentJson Json => Server.Json;

    private protected override BroadcastOperator All { get; }

    /// <summary>Whether it goes when nobody is in it.</summary>
    private bool IsDynamic { get; }

    private bool IsParent { get; }

    /// <summary>Runs for every socket that connects, first of its handlers; its events are handled when the task has ended. From the first handler on events are no longer relayed.</summary>
    public SocketIONamespace OnConnection(Func<SocketIOSocket, Task> handler)
    {
        lock (gate) connectionHandlers = [.. connectionHandlers, socket => new ValueTask(handler(socket))];
        return this;
    }

    /// <summary>Runs for every socket that connects, first of its handlers.</summary>
    public SocketIONamespace OnConnection(Action<SocketIOSocket> handler)
    {
        lock (gate)
        {
            connectionHandlers = [.. connectionHandlers, socket =>
            {
                handler(socket);
                return default;
            }];
        }
        return this;
    }

    /// <summary>Runs before a socket connects: it goes on with <c>next()</c>, and refuses with <c>next(error)</c> or an exception.</summary>
    /// <remarks>The client is told the message of an error given to <c>next</c>, or of a thrown <see cref="SocketIOException"/>; other exceptions are logged only.</remarks>
    public SocketIONamespace Use(Func<SocketIOSocket, NextMiddleware, Task> middleware)
    {
        lock (gate) middlewares = [.. middlewares, middleware];
        return this;
    }

    internal SocketIOSocket? FindSocket(string id) => sockets.GetValueOrDefault(id);

    internal long NextAckId() => Interlocked.Increment(ref lastAckId);

    /// <summary>So many more of its sockets, or fewer, are to be shown what goes out.</summary>
    internal void CountOutgoingListeners(int change) => Interlocked.Add(ref outgoingListeners, change);

    internal void Add(SocketIOSocket socket) => sockets[socket.Id] = socket;

    internal void Remove(SocketIOSocket socket) => sockets.TryRemove(new(socket.Id, socket));

    internal SocketIONamespace CreateChild(string name) => children.GetOrAdd(name, n => new SocketIONamespace(Server, n, this, isDynamic: true));

    /// <summary>Keeps a dynamic namespace while somebody is in it, or may come back; false, if it has just gone.</summary>
    internal bool TryHold()
    {
        if (!IsDynamic) return true;
        lock (gate)
        {
            if (isGone) return false;
            users++;
            return true;
        }
    }

    internal void Release()
    {
        if (!IsDynamic) return;
        lock (gate)
        {
            if (--users > 0) return;
            isGone = true;
        }
        Recovery?.Close();
        parent?.children.TryRemove(new(Name, this));
        Server.Remove(this);
    }
}
