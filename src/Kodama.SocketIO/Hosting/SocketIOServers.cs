using System.Runtime.CompilerServices;

namespace Kodama.SocketIO;

/// <summary>
/// The Socket.IO servers of one hub: nothing else is common to them. Rooms of the hub that one of them keeps to itself nobody enters, reads
/// or speaks in by another way. Thread-safe.
/// </summary>
internal sealed class SocketIOServers : IRoomRule
{
    private static readonly ConditionalWeakTable<Hub, SocketIOServers> OfHubs = [];

    private volatile SocketIOServer[] servers = [];

    private SocketIOServers(Hub hub) => Neighbours = hub.Cluster is { } cluster ? new SocketIONeighbours(cluster, this) : null;

    /// <summary>Those of other hubs; null, where there can be none.</summary>
    public SocketIONeighbours? Neighbours { get; }

    public static SocketIOServers Of(Hub hub)
    {
        lock (OfHubs)
        {
            if (OfHubs.TryGetValue(hub, out var known)) return known;
            var added = new SocketIOServers(hub);
            OfHubs.Add(hub, added);
            hub.Add(added);
            hub.FormatOf = room => added.OwnerOf(room)?.FormatOf(room);
            return added;
        }
    }

    /// <summary>Whether a server with these options shares its rooms with the hub, and what stands before the names of those that it does
    /// not share.</summary>
    /// <exception cref="InvalidOperationException">There can be no such server beside those that there are.</exception>
    public (bool Shares, string Prefix) Place(SocketIOOptions options)
    {
        var path = options.Path.TrimEnd('/');
        if (Array.Exists(servers, server => server.Options.Path.TrimEnd('/') == path))
        {
            throw new InvalidOperationException(
                $"There is a Socket.IO server at {path} already: add namespaces to that one, or map this one to another path, "
                    + "as MapSocketIO(\"/other\").");
        }
        var isFirst = !Array.Exists(servers, server => server.SharesRooms);
        var shares = options.SharesRooms ?? isFirst;
        if (shares && options.ConnectionStateRecovery is not null && Array.Exists(servers, s => s is { SharesRooms: true, Away: not null }))
        {
            throw new InvalidOperationException(
                $"SharesRooms of the Socket.IO server at {path} is true, and it has ConnectionStateRecovery, as another of this hub that "
                    + "shares its rooms has: only one of them can.");
        }
        return (shares, shares && isFirst ? "" : path + "?");
    }

    /// <summary>The server at a path.</summary>
    public SocketIOServer? Find(string path) => Array.Find(servers, server => server.Options.Path.TrimEnd('/') == path);

    public void Add(SocketIOServer server)
    {
        lock (OfHubs) servers = [.. servers, server];
    }

    public ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken) =>
        new(KeepsOut(peer, room) ? RoomRights.None : RoomRights.All);

    private bool KeepsOut(Peer peer, string room)
    {
        if (room.StartsWith('/') && OwnerOf(room) is { } owner) return owner.KeepsOut(peer, room);
        foreach (var server in servers)
        {
            if (server.SharesRooms && server.KeepsOut(peer, room)) return true;
        }
        return false;
    }

    /// <summary>Of a room that several share, the one with recovery.</summary>
    private SocketIOServer? OwnerOf(string room)
    {
        SocketIOServer? owner = null;
        foreach (var server in servers)
        {
            if (server.RoomPrefix.Length > 0 && room.StartsWith(server.RoomPrefix, StringComparison.Ordinal)) return server;
            if (server.SharesRooms && (!room.StartsWith('/') ? server.Away is not null : server.RoomPrefix.Length == 0)) owner = server;
        }
        return owner;
    }
}
