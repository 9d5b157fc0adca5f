namespace Kodama.SocketIO;

/// <summary>
/// Which room of the hub a room of a namespace is: of <c>/</c> that of the same name, of <c>/admin</c> room <c>/admin,r</c>. A namespace
/// holds no comma, and rooms of <c>/</c> that begin with a slash are written <c>/,/r</c>, so that none is a room of another namespace. A
/// server that has rooms of its own puts its prefix before all of them.
/// </summary>
/// <param name="namespaceName">The namespace.</param>
/// <param name="hubDefault">Of a namespace that shares its rooms with the hub, the hub's default room; else null.</param>
/// <param name="prefix">The server's, empty or such as <c>/path?</c>.</param>
internal sealed class HubRooms(string namespaceName, string? hubDefault, string prefix)
{
    private readonly string within = prefix + namespaceName + ",";

    /// <summary>The room that all sockets of the namespace are in.</summary>
    public string Default { get; } = hubDefault ?? prefix + namespaceName;

    public string Of(string room) => hubDefault is not null && !room.StartsWith('/') ? room : within + room;

    /// <summary>What the namespace calls a room of the hub; null for the one that all are in, and for those of others.</summary>
    public string? NameOf(string hubRoom)
    {
        if (hubRoom == Default) return null;
        if (hubRoom.StartsWith(within, StringComparison.Ordinal)) return hubRoom[within.Length..];
        return hubDefault is not null && !hubRoom.StartsWith('/') ? hubRoom : null;
    }
}
