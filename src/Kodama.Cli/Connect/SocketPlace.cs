using Kodama.Cli.Hubs;

namespace Kodama.Cli.Connect;

/// <summary>What the URL of a WebSocket says of its hub.</summary>
/// <param name="Base">The URL under which all of the hub's are, with a slash at the end.</param>
/// <param name="Room">The room in it; null for the hub's default.</param>
internal sealed record SocketPlace(Uri Base, string? Room)
{
    /// <param name="socket">Such as <c>ws://host:8080/realtime/ws/tea</c>.</param>
    /// <param name="hasRoom">Whether the last segment is known to be a room.</param>
    public static SocketPlace Of(Uri socket, bool hasRoom)
    {
        var path = socket.AbsolutePath.TrimEnd('/');
        var last = path[(path.LastIndexOf('/') + 1)..];
        var isRoom = hasRoom || last != "ws";
        return new SocketPlace(
            HubPlace.BaseOf(socket, isRoom ? path[..path.LastIndexOf('/')] : path),
            isRoom && last.Length > 0 ? Uri.UnescapeDataString(last) : null);
    }
}
