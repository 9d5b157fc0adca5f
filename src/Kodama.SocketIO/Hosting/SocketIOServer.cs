using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO;

/// <summary>A Socket.IO server: its namespaces, and as a source of broadcasts the main one, <c>/</c>. Thread-safe.</summary>
public sealed class SocketIOServer : BroadcastSource, IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, SocketIONamespace> namespaces = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SocketIOConnection, TimeSpan> joinless = new();
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private readonly long started;
    private (Func<string, HandshakeInfo, ValueTask<bool>> Admits, SocketIONamespace Parent)[] parents = [];

    internal SocketIOServer(Hub hub, SocketIOOptions options, string defaultRoom, ILogger<SocketIOServer> logger)
    {
        options.Validate();
        Hub = hub;
        Options = options;
        DefaultRoom = defaultRoom;
        Logger = logger;
        Json = new ArgumentJson(options);
        Limits = new PacketLimits { MaxAttachments = options.MaxAttachments };
        RecoveryBudget = options.ConnectionStateRecovery is { } recovery ? new RecoveryBudget(recovery) : null;
        Main = new SocketIONamespace(this, "/");
        namespaces["/"] = Main;
        if (hub.KeepsOut is not null) throw new InvalidOperationException("This hub has a Socket.IO server already: add namespaces to that one.");
        hub.KeepsOut = KeepsOut;
        if (options.ConnectionStateRecovery is not null) hub.GroupOf = room => namespaces.GetValueOrDefault(HubRooms.NamespaceOf(room))?.Recovery;
        started = hub.Time.GetTimestamp();
        timer = hub.Time.CreateTimer(static server => ((SocketIOServer)server!).Tick(), this, TickInterval, TickInterval);
    }

    /// <summary>The hub that its sockets are peers of.</summary>
    public Hub Hub { get; }

    /// <summary>The sockets that are connected to <c>/</c> now, by their ids.</summary>
    public IReadOnlyDictionary<string, SocketIOSocket> Sockets => Main.Sockets;

    /// <summary>For what ASP.NET Core can say of an endpoint, such as <c>RequireAuthorization()</c>; null for a server that is not mapped.</summary>
    public IEndpointConventionBuilder? Endpoint { get; internal set; }

    internal SocketIOOptions Options { get; }

    internal string DefaultRoom { get; }

    internal ILogger Logger { get; }

    internal PacketLimits Limits { get; }

    internal SocketIONamespace Main { get; }

    /// <summary>Of connection state recovery; null without.</summary>
    internal RecoveryBudget? RecoveryBudget { get; }

    /// <summary>Connections that have joined no namespace yet.</summary>
    internal int JoinlessCount => joinless.Count;

    internal int NamespaceCount => namespaces.Count;

    internal override ArgumentJson Json { get; }

    private protected override BroadcastOperator All => new(Main);

    private TimeSpan Now => Hub.Time.GetElapsedTime(started);

    /// <summary>Runs for every socket that connects to <c>/</c>: <see cref="SocketIONamespace.OnConnection(Func{SocketIOSocket, Task})"/>.</summary>
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

    /// <summary>The namespace of this name, which exists from now on.</summary>
    /// <param name="name">Such as <c>/admin</c>; a slash in front is added where it is missing.</param>
    /// <exception cref="ArgumentException">No namespace can have the name: its default room in the hub has it too (<see cref="RoomName.Rule"/>), and it has no comma.</exception>
    public SocketIONamespace Of(string name)
    {
        if (!name.StartsWith('/')) name = "/" + name;
        if (!IsValidName(name)) throw new ArgumentException($"\"{name}\" cannot be a namespace's name: it takes {RoomName.Rule}, and no comma or question mark.", nameof(name));
        return namespaces.GetOrAdd(name, n => new SocketIONamespace(this, n));
    }

    /// <summary>What namespaces whose name matches have in common. Each exists from its first socket to its last.</summary>
    public SocketIONamespace Of(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Of((name, _) => ValueTask.FromResult(pattern.IsMatch(name)), pattern.ToString());
    }

    /// <summary>What namespaces have in common that a predicate admits. Each exists from its first socket to its last.</summary>
    public SocketIONamespace Of(Func<string, HandshakeInfo, ValueTask<bool>> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Of(predicate, "/*");
    }

    /// <summary>Stops what runs by the clock.</summary>
    public void Dispose() => timer.Dispose();

    /// <summary>The layer above a session that has begun.</summary>
    internal IEngineHandler Accept(EngineSession session)
    {
        var connection = new SocketIOConnection(this, session);
        joinless[connection] = Now + Options.ConnectTimeout;
        connection.Begin();
        return connection;
    }

    internal void Joined(SocketIOConnection connection) => joinless.TryRemove(connection, out _);

    /// <summary>The namespace of this name, held for one more user; null, if there is none and none may appear.</summary>
    internal async ValueTask<SocketIONamespace?> HoldAsync(string name, HandshakeInfo handshake)
    {
        while (true)
        {
            var space = namespaces.GetValueOrDefault(name) ?? await FindParentAsync(name, handshake).ConfigureAwait(false) switch
            {
                { } parent => namespaces.GetOrAdd(name, static (n, parent) => parent.CreateChild(n), parent),
                null => null,
            };
            if (space is null && Options.AnyNamespace && IsValidName(name)) space = namespaces.GetOrAdd(name, n => new SocketIONamespace(this, n, isDynamic: true));
            if (space is null || space.TryHold()) return space;
            // It vanished at this moment: whoever was the last in it is about to take it out.
            Remove(space);
        }
    }

    internal void Remove(SocketIONamespace space) => namespaces.TryRemove(new(space.Name, space));

    internal NamespaceRecovery? CreateRecovery(SocketIONamespace space) => Options.ConnectionStateRecovery is { } recovery
        ? new NamespaceRecovery(space, recovery, RecoveryBudget!, Options.PingInterval + Options.PingTimeout, Hub.Options.Outbox.MaxBytes / 2, Hub.Time)
        : null;

    // Who passed no middleware does not get past it by another door.
    private bool KeepsOut(Peer peer, string room) =>
        room.StartsWith('/')
        && namespaces.GetValueOrDefault(HubRooms.NamespaceOf(room)) is { IsGuarded: true } space
        && (peer.Link as SocketIOSocket)?.Namespace != space;

    private static bool IsValidName(string name) => RoomName.IsValid(name) && !name.AsSpan().ContainsAny(",?");

    private SocketIONamespace Of(Func<string, HandshakeInfo, ValueTask<bool>> predicate, string name)
    {
        var parent = new SocketIONamespace(this, name, isParent: true);
        lock (gate) parents = [.. parents, (predicate, parent)];
        return parent;
    }

    private async ValueTask<SocketIONamespace?> FindParentAsync(string name, HandshakeInfo handshake)
    {
        if (!IsValidName(name)) return null;
        foreach (var (admits, parent) in parents)
        {
            try
            {
                if (await admits(name, handshake).ConfigureAwait(false)) return parent;
            }
            catch (Exception exception)
            {
                SocketIOLog.PredicateFailed(Logger, name, exception);
            }
        }
        return null;
    }

    private void Tick()
    {
        var now = Now;
        foreach (var (connection, deadline) in joinless)
        {
            if (deadline <= now && joinless.TryRemove(connection, out _)) Guard(connection, static c => c.End(DisconnectReason.ForcedServerClose));
        }
        if (Options.ConnectionStateRecovery is null) return;
        foreach (var space in namespaces.Values) Guard(space, static s => s.Recovery!.Tick());
    }

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
