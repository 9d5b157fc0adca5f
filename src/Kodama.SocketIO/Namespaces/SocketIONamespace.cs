using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Kodama.SocketIO;

/// <summary>
/// Sockets under one name, with handlers and middleware of their own. One that a pattern or predicate describes is the common part of all
/// namespaces that it admits, and sends to all of them. Thread-safe.
/// </summary>
public sealed class SocketIONamespace : NamespaceOperator
{
    private readonly ConcurrentDictionary<string, SocketIOSocket> sockets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SocketIONamespace> children = new(StringComparer.Ordinal);
    private readonly Func<string, HandshakeInfo, ValueTask<bool>>? admits;
    private readonly Regex? pattern;
    private readonly Lock gate = new();
    private Func<SocketIOSocket, Task>[] connectionHandlers = [];
    private Func<SocketIOSocket, NextMiddleware, Task>[] middlewares = [];
    private (string Event, Func<ServerSideEvent, Task> Handler)[] serverSide = [];
    private Task serverSideTurn = Task.CompletedTask;
    private volatile SocketIONamespace? parent;
    private volatile bool isDynamic;
    private long lastAckId = -1;
    private volatile bool hasOutgoingListeners;
    private int users;
    private volatile bool isGone;

    internal SocketIONamespace(
        SocketIOServer server, string name, bool isDynamic = false, Func<string, HandshakeInfo, ValueTask<bool>>? admits = null,
        Regex? pattern = null)
    {
        (Server, Name, this.isDynamic, this.admits, this.pattern) = (server, name, isDynamic, admits, pattern);
        NameBytes = Encoding.UTF8.GetBytes(name);
        HubRooms = new HubRooms(name, name == "/" && server.SharesRooms ? server.DefaultRoom : null, server.RoomPrefix);
        OwnRoom = new JoinRequest { Room = HubRooms.Default };
        Sending = new SendPath(this);
        if (IsParent) return;
        var recovery = server.Options.ConnectionStateRecovery;
        // Relays send nothing of their own: their rooms have an order each.
        if (recovery is not null || (server.Neighbours is not null && !server.Options.Relay))
            Recovery = new RecoveryStream(this, recovery, server.Away);
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

    /// <summary>How sockets join the room that all of them are in: one for all.</summary>
    internal JoinRequest OwnRoom { get; }

    internal NamespaceEncoders Encoders { get; } = null!;

    internal RecoveryStream? Recovery { get; }

    internal Func<SocketIOSocket, NextMiddleware, Task>[] Middlewares => [.. parent?.middlewares ?? [], .. middlewares];

    /// <summary>Whether a socket must pass something to come in.</summary>
    internal bool IsGuarded => middlewares.Length > 0 || parent?.IsGuarded == true;

    internal Func<SocketIOSocket, Task>[] ConnectionHandlers => [.. parent?.connectionHandlers ?? [], .. connectionHandlers];

    /// <summary>Whether what a client sends goes to the others in its room, and not to handlers.</summary>
    internal bool Relays => Server.Options.Relay && !HasConnectionHandlers;

    /// <summary>What it has in common with others of its pattern or predicate, if it was made for one.</summary>
    internal SocketIONamespace? Parent => parent;

    internal IEnumerable<SocketIONamespace> Children => children.Values;

    internal override Audience Audience => new(this);

    /// <summary>The way of what the program sends.</summary>
    internal SendPath Sending { get; }

    /// <summary>Whether any of its sockets has ever wanted to be shown what goes out.</summary>
    internal bool HasOutgoingListeners { get => hasOutgoingListeners; set => hasOutgoingListeners = value; }

    /// <summary>Whether it goes when nobody is in it.</summary>
    internal bool IsDynamic => isDynamic;

    /// <summary>Whether nothing says who may come but its name: it has no parent, and no code of its own.</summary>
    internal bool IsBare => parent is null && Name != "/" && connectionHandlers.Length == 0 && middlewares.Length == 0;

    internal bool IsGone => isGone;

    /// <summary>Of a parent: whether it must see a client to say whether it admits it.</summary>
    internal bool IsPredicate => pattern is null;

    private bool HasConnectionHandlers => connectionHandlers.Length > 0 || parent?.HasConnectionHandlers == true;

    internal bool IsParent => admits is not null;

    /// <summary>Runs for every socket that connects, first of its handlers; its events are handled when the task has ended. From the first
    /// handler on the namespace does not relay.</summary>
    public SocketIONamespace OnConnection(Func<SocketIOSocket, Task> handler)
    {
        lock (gate) connectionHandlers = [.. connectionHandlers, handler];
        return this;
    }

    /// <summary>Runs for every socket that connects, first of its handlers.</summary>
    public SocketIONamespace OnConnection(Action<SocketIOSocket> handler) => OnConnection(socket =>
    {
        handler(socket);
        return Task.CompletedTask;
    });

    /// <summary>Runs before a socket connects: it goes on with <c>next()</c>, and refuses with <c>next(error)</c> or an
    /// exception.</summary>
    /// <remarks>The client is told the message of an error given to <c>next</c>, or of a thrown <see cref="SocketIOException"/>; other
    /// exceptions are logged only.</remarks>
    public SocketIONamespace Use(Func<SocketIOSocket, NextMiddleware, Task> middleware)
    {
        lock (gate) middlewares = [.. middlewares, middleware];
        UpdateListed();
        foreach (var child in Children) child.UpdateListed();
        return this;
    }

    internal void AddServerSide(string eventName, Func<ServerSideEvent, Task> handler)
    {
        lock (gate) serverSide = [.. serverSide, (eventName, handler)];
    }

    /// <summary>Has the program told what that of another hub says, behind what it was told before. False, where nobody listens.</summary>
    internal bool TryTellServerSide(ServerSideEvent happened)
    {
        lock (gate)
        {
            var told = Array.FindAll(serverSide, handler => handler.Event == happened.Name);
            if (told.Length == 0) return false;
            serverSideTurn = serverSideTurn.ContinueWith(
                _ => Array.ForEach(told, handler => _ = HandleServerSideAsync(handler.Handler, happened)), TaskScheduler.Default);
            return true;
        }
    }

    internal SocketIOSocket? FindSocket(ReadOnlySpan<char> id) =>
        sockets.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var socket) ? socket : null;

    internal long NextAckId() => Interlocked.Increment(ref lastAckId);

    internal void Add(SocketIOSocket socket) => sockets[socket.Id] = socket;

    internal void Remove(SocketIOSocket socket) => sockets.TryRemove(new(socket.Id, socket));

    /// <summary>Of a parent: whether its pattern or predicate lets this client into the namespace of this name.</summary>
    internal async ValueTask<bool> AdmitsAsync(string name, HandshakeInfo handshake)
    {
        // The program's code, which may block: not on the thread that reads.
        if (IsPredicate) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await admits!(name, handshake).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            SocketIOLog.PredicateFailed(Server.Logger, name, exception);
            return false;
        }
    }

    /// <summary>Of a parent: whether its pattern says that the namespace of this name is its own. One that fails says so too.</summary>
    internal bool Matches(string name)
    {
        try
        {
            return pattern?.IsMatch(name) == true;
        }
        catch (RegexMatchTimeoutException exception)
        {
            SocketIOLog.PredicateFailed(Server.Logger, name, exception);
            return true;
        }
    }

    /// <summary>Of a parent: whether it may admit somebody to the namespace of this name.</summary>
    internal bool MayAdmit(string name) => IsPredicate || Matches(name);

    /// <summary>Becomes a namespace of this parent, unless it has one or code of its own by now.</summary>
    internal void TryGiveTo(SocketIONamespace to)
    {
        lock (gate)
        {
            if (!IsBare || isGone) return;
            to.children[Name] = this;
            parent = to;
        }
        UpdateListed();
    }

    /// <summary>
    /// Keeps a namespace whether somebody is in it or not: the program has it in its hands, and may give it middleware. False, if it has
    /// just gone.
    /// </summary>
    internal bool TryKeep()
    {
        lock (gate)
        {
            if (isGone) return false;
            isDynamic = false;
            return true;
        }
    }

    /// <summary>Keeps a dynamic namespace while somebody is in it, or may come back; false, if it has just gone.</summary>
    internal bool TryHold()
    {
        lock (gate)
        {
            if (isGone) return false;
            users++;
            return true;
        }
    }

    internal void Release()
    {
        lock (gate)
        {
            if (--users > 0 || !isDynamic) return;
            isGone = true;
        }
        Recovery?.Close();
        parent?.children.TryRemove(new(Name, this));
        Server.Remove(this);
    }

    private async Task HandleServerSideAsync(Func<ServerSideEvent, Task> handler, ServerSideEvent happened)
    {
        try
        {
            await handler(happened).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            SocketIOLog.ServerSideFailed(Server.Logger, happened.Name, Name, exception);
            happened.Fail();
        }
    }

    // Sockets that come meanwhile see to it themselves, when they are among these.
    private void UpdateListed()
    {
        foreach (var socket in sockets.Values) socket.Link.UpdateListed();
    }
}
