namespace Kodama.SocketIO;

/// <summary>
/// Which room of the hub a room of a namespace is: of <c>/</c> that of the same name, of <c>/admin</c> room <c>/admin,r</c>. A namespace
/// holds no comma, and rooms of <c>/</c> that begin with a slash are written <c>/,/r</c>, so that none is a room of another namespace.
/// </summary>
internal sealed class HubRooms(string namespaceName, string hubDefault)
{
    private readonly string prefix = namespaceName + ",";

    /// <summary>The room that all sockets of the namespace are in.</summary>
    public string Default { get; } = namespaceName == "/" ? hubDefault : namespaceName;

    public string Of(string room) => namespaceName == "/" && !room.StartsWith('/') ? room : prefix + room;

    /// <summary>What the namespace calls a room of the hub; null for the one that all are in, and for those of others.</summary>
    public string? NameOf(string hubRoom)
    {
        if (hubRoom == Default) return null;
        if (hubRoom.StartsWith(prefix, StringComparison.Ordinal)) return hubRoom[prefix.Length..];
        return namespaceName == "/" && !hubRoom.StartsWith('/') ? hubRoom : null;
    }

    /// <summary>The namespace that a room of the hub belongs to.</summary>
    public static string NamespaceOf(string hubRoom)
    {
        if (!hubRoom.StartsWith('/')) return "/";
        var comma = hubRoom.IndexOf(',', StringComparison.Ordinal);
        return comma < 0 ? hubRoom : hubRoom[..comma];
    }
}

/// <summary>Rooms of the hub that namespaces keep to themselves: nobody enters them, reads or speaks in them by another way.</summary>
internal sealed class NamespaceRule(SocketIOServer server) : IRoomRule
{
    public ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken) =>
        new(server.KeepsOut(peer, room) ? RoomRights.None : RoomRights.All);
}
