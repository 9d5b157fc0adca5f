using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO;

/// <summary>A Socket.IO server: its namespaces, and as a source of broadcasts the main one, <c>/</c>. Thread-safe.</summary>
public sealed class SocketIOServer : NamespaceOperator, IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SocketIONamespace> namespaces = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SocketIOConnection, TimeSpan> joinless = new();
    // Held while a namespace is made, or a parent: a name is looked up and given to one of them in one step.
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private readonly long started;
    private SocketIONamespace[] parents = [];
    private int isDisposed;

    internal SocketIOServer(Hub hub, SocketIOOptions options, string defaultRoom, ILogger<SocketIOServer> logger)
    {
        options.Validate();
        var servers = SocketIOServers.Of(hub);
        (SharesRooms, RoomPrefix) = servers.Place(options);
        if (!RoomName.IsValid(RoomPrefix + "/"))
            throw new ArgumentException($"Path is \"{options.Path}\"; with a question mark it must be a room's name: {RoomName.Rule}.");
        Hub = hub;
        Neighbours = servers.Neighbours;
        Options = options;
        DefaultRoom = defaultRoom;
        Logger = logger;
        Json = new ArgumentJson(options);
        var limits = PacketLimits.Default;
        Limits = limits with
        {
            MaxAttachments = options.MaxAttachments,
            MaxPacketSize = Math.Max(limits.MaxPacketSize, options.MaxHttpBufferSize),
        };
        Unfinished = new AddressBudget(64L * options.MaxHttpBufferSize, 16L * options.MaxHttpBufferSize);
        if (options.ConnectionStateRecovery is { } recovery)
        {
            Away = new AwaySessions(recovery.MaxSessions, hub.Time);
            // The process that comes after is not the next hub of a cluster.
            if (hub.Engine is { Cluster: null } engine) Archive = new RecoveryArchive(engine, RoomPrefix, hub.Time);
        }
        Main = new SocketIONamespace(this, "/");
        namespaces["/"] = Main;
        servers.Add(this);
        started = hub.Time.GetTimestamp();
        var tick = options.ConnectTimeout < TickInterval ? options.ConnectTimeout : TickInterval;
        timer = hub.Time.CreateTimer(static server => ((SocketIOServer)server!).Tick(), this, tick, tick);
    }

    /// <summary>The hub that its sockets are peers of.</summary>
    public Hub Hub { get; }

    /// <summary>The sockets that are connected to <c>/</c> now, by their ids.</summary>
    public IReadOnlyDictionary<string, SocketIOSocket> Sockets => Main.Sockets;

    /// <summary>The sessions below: their count, refused requests, headers of answers.</summary>
    public EngineServer Engine { get; internal set; } = null!;

    /// <summary>For what ASP.NET Core can say of an endpoint, such as <c>RequireAuthorization()</c>.</summary>
    public IEndpointConventionBuilder Endpoint => Engine.Endpoint;

    /// <summary>The servers of other hubs; null, where there can be none.</summary>
    internal SocketIONeighbours? Neighbours { get; }

    internal SocketIOOptions Options { get; }

    internal string DefaultRoom { get; }

    /// <summary>Whether rooms of <c>/</c> are the hub's.</summary>
    internal bool SharesRooms { get; }

    /// <summary>What stands before the names of all other rooms in the hub; empty for the first server.</summary>
    internal string RoomPrefix { get; }

    internal ILogger Logger { get; }

    internal PacketLimits Limits { get; }

    /// <summary>
    /// What binary packets may hold that are not whole, of clients that have come to no namespace too: 64 messages of the largest size, a
    /// quarter of one address.
    /// </summary>
    internal AddressBudget Unfinished { get; }

    internal SocketIONamespace Main { get; }

    /// <summary>The sockets that may come back; null without recovery.</summary>
    internal AwaySessions? Away { get; }

    /// <summary>Where they outlive the hub; null without an engine.</summary>
    internal RecoveryArchive? Archive { get; }

    /// <summary>Connections that have joined no namespace yet.</summary>
    internal int JoinlessCount => joinless.Count;

    internal int NamespaceCount => namespaces.Count;

    internal ArgumentJson Json { get; }

    internal override Audience Audience => Main.Audience;

    private TimeSpan Now => Hub.Time.GetElapsedTime(started);

    /// <summary>Runs for every socket that connects to <c>/</c>: <see cref="SocketIONamespace.OnConnection(Func{SocketIOSocket,
    /// Task})"/>.</summary>
    public SocketIOServer OnConnection(Func<SocketIOSocket, Task> handler)
    {
        Main.OnConnection(handler);
        return this;
    }

    /// <summary>Runs for every socket that connects to <c>/</c>.</summary>
    public SocketIOServer OnConnection(Action<SocketIOSocket> handler)
    {
        Main.OnConnection(handler);
        return this;
    }

    /// <summary>Runs before a socket connects to <c>/</c>: <see cref="SocketIONamespace.Use"/>.</summary>
    public SocketIOServer Use(Func<SocketIOSocket, NextMiddleware, Task> middleware)
    {
        Main.Use(middleware);
        return this;
    }

    /// <summary>
    /// The namespace of this name, which exists from now on. Where a pattern matches, it belongs to that, with its middleware and handlers.
    /// Predicates are asked for clients of one without middleware and handlers of its own: the program may only have sent to it.
    /// </summary>
    /// <param name="name">Such as <c>/admin</c>; a slash in front is added where it is missing.</param>
    /// <exception cref="ArgumentException">No namespace can have the name: its default room in the hub has it too (<see
    /// cref="RoomName.Rule"/>), and it has no comma.</exception>
    public SocketIONamespace Of(string name)
    {
        if (!name.StartsWith('/')) name = "/" + name;
        if (!IsValidName(name))
        {
            throw new ArgumentException(
                $"\"{name}\" cannot be a namespace's name: "
                    + $"it takes {RoomName.Rule}, no comma or question mark, and is not the hub's default room.",
                nameof(name));
        }
        while (true)
        {
            lock (gate)
            {
                var space = namespaces.GetValueOrDefault(name) ?? Create_NeedsLock(name, Array.Find(parents, p => p.Matches(name)));
                if (space.TryKeep()) return space;
                // It vanished at this moment: whoever was the last in it is about to take it out.
                Remove(space);
            }
        }
    }

    /// <summary>What namespaces whose name matches have in common. Each exists from its first socket to its last.</summary>
    public SocketIONamespace Of(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ValueTask<bool> Admits(string name, HandshakeInfo handshake) => ValueTask.FromResult(pattern.IsMatch(name));
        return Add(new SocketIONamespace(this, pattern.ToString(), admits: Admits, pattern: pattern));
    }

    /// <summary>What namespaces have in common that a predicate admits. Each exists from its first socket to its last; every client is
    /// asked for anew.</summary>
    public SocketIONamespace Of(Func<string, HandshakeInfo, ValueTask<bool>> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Add(new SocketIONamespace(this, "/*", admits: predicate));
    }

    /// <summary>Stops what runs by the clock, and where the hub has an engine and is stopping, keeps the sockets that may come
    /// back.</summary>
    public void Dispose()
    {
        timer.Dispose();
        if (Hub.IsStopping && Interlocked.Exchange(ref isDisposed, 1) == 0) Guard(this, static server => server.Save());
    }

    /// <summary>Whether a room of the hub is this door's alone, and the peer comes by another or to another namespace.</summary>
    internal bool KeepsOut(Peer peer, string room) => IsClosed(room) && (SocketPeer.Of(peer)?.Space is not { } space
        || space.Name != NamespaceOf(room)
        || (space.Server != this && !(space.Server.SharesRooms && space.IsGuarded)));

    /// <summary>In which format a room of its is written, whoever is there.</summary>
    internal IMessageEncoder? FormatOf(string room) => namespaces.GetValueOrDefault(NamespaceOf(room))?.Recovery;

    /// <summary>Whether a namespace is this door's alone, and its peers nobody else's business.</summary>
    internal bool IsClosed(SocketIONamespace space) => IsClosed(space.HubRooms.Default);

    /// <summary>The layer above a session that has begun.</summary>
    internal IEngineHandler Accept(EngineSession session)
    {
        var connection = new SocketIOConnection(this, session);
        joinless[connection] = Now + Options.ConnectTimeout;
        connection.Begin();
        return connection;
    }

    /// <summary>A connection is to end when its handlers have been told why; in this time at the latest.</summary>
    internal void ExpectEnd(SocketIOConnection connection) => joinless[connection] = Now + EndTimeout;

    internal void Joined(SocketIOConnection connection) => joinless.TryRemove(connection, out _);

    /// <summary>The namespace of this name, held for one more user; null, if there is none and none may appear.</summary>
    internal async ValueTask<SocketIONamespace?> HoldAsync(string name, HandshakeInfo handshake)
    {
        while (true)
        {
            var space = namespaces.GetValueOrDefault(name);
            var parent = space?.Parent;
            if (space is null or { IsBare: true })
            {
                parent = await FindParentAsync(name, handshake).ConfigureAwait(false);
                if (parent is null && !IsFree(name, space)) return null;
                lock (gate)
                {
                    space ??= namespaces.GetValueOrDefault(name) ?? Create_NeedsLock(name, parent, isDynamic: true);
                    if (parent is not null) space.TryGiveTo(parent);
                }
            }
            else if (parent is not null && !await parent.AdmitsAsync(name, handshake).ConfigureAwait(false))
            {
                return null;
            }
            // If not, another gave it a parent meanwhile, which may not know this client.
            if (space.Parent == parent && space.TryHold()) return space;
            // Or it vanished at this moment: whoever was the last in it is about to take it out.
            if (space.IsGone) Remove(space);
        }
    }

    /// <summary>By what other hubs find a parent of namespaces: the how many-th it is; -1 for namespaces, which have a name.</summary>
    internal int PlaceOf(SocketIONamespace space) => space.IsParent ? Array.IndexOf(parents, space) : -1;

    /// <summary>What another hub means; null, where there is no such thing here.</summary>
    internal SocketIONamespace? FindSpace(string name, long place) =>
        place < 0 ? namespaces.GetValueOrDefault(name) : parents is var all && place < all.Length ? all[place] : null;

    internal void Remove(SocketIONamespace space) => namespaces.TryRemove(new(space.Name, space));

    private bool IsValidName(string name) => RoomName.IsValid(RoomPrefix + name) && !name.AsSpan().ContainsAny(",?") && name != DefaultRoom;

    private string NamespaceOf(string room)
    {
        if (room == DefaultRoom || !room.StartsWith('/')) return "/";
        var comma = room.IndexOf(',', StringComparison.Ordinal);
        return room[RoomPrefix.Length..(comma < 0 ? room.Length : comma)];
    }

    /// <summary>Whether a room is this door's alone: by its name, since a namespace may come to life when somebody is in its room
    /// already.</summary>
    private bool IsClosed(string room)
    {
        if (room == DefaultRoom || !room.StartsWith('/')) return Main.IsGuarded;
        if (!Options.Relay || RoomPrefix.Length > 0) return true;
        var space = namespaces.GetValueOrDefault(NamespaceOf(room));
        if (space is { IsBare: false }) return space.IsGuarded;
        return Array.Exists(parents, parent => parent.IsGuarded && parent.MayAdmit(NamespaceOf(room)));
    }

    private SocketIONamespace Add(SocketIONamespace parent)
    {
        lock (gate) parents = [.. parents, parent];
        return parent;
    }

    private SocketIONamespace Create_NeedsLock(string name, SocketIONamespace? parent, bool isDynamic = false)
    {
        var space = new SocketIONamespace(this, name, isDynamic);
        if (parent is not null) space.TryGiveTo(parent);
        return namespaces[name] = space;
    }

    /// <summary>
    /// Whether a client may come to a namespace that no parent admits it to. Where there are predicates, they decide: one may have turned
    /// away just this client.
    /// </summary>
    private bool IsFree(string name, SocketIONamespace? existing)
    {
        if (Array.Exists(parents, parent => parent.IsPredicate)) return false;
        return existing is { IsDynamic: false } || (Options.AnyNamespace && IsValidName(name));
    }

    private async ValueTask<SocketIONamespace?> FindParentAsync(string name, HandshakeInfo handshake)
    {
        if (!IsValidName(name)) return null;
        foreach (var parent in parents)
        {
            if (await parent.AdmitsAsync(name, handshake).ConfigureAwait(false)) return parent;
        }
        return null;
    }

    private void Tick()
    {
        var now = Now;
        foreach (var (connection, deadline) in joinless)
        {
            if (deadline <= now && joinless.TryRemove(connection, out _))
                Guard(connection, static c => c.EndLate());
        }
        if (Away is not null) Guard(Away, static away => away.Expire());
        foreach (var space in namespaces.Values)
        {
            if (space.Recovery is { } stream) Guard(stream, static s => s.Trim());
        }
    }

    private void Save() => Archive?.Save(namespaces.Values, Away!);

    // An exception in a timer ends the process, and the others are to have their turn.
    private void Guard<T>(T subject, Action<T> action)
    {
        try
        {
            action(subject);
        }
        catch (Exception exception)
        {
            SocketIOLog.TickFailed(Logger, exception);
        }
    }
}
