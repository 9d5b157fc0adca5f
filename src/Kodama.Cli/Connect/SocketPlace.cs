using Kodama.Cli.Hubs;

namespace Kodama.Cli.Connect;

/// <summary>What the URL of a WebSocket says of its hub.</summary>
/// <param name="Base">The URL under which all of the hub's are, with a slash at the end.</param>
/// <param name="Room">The room in it; null for the hub's default.</param>
/// <param name="Fingerprint">SHA-256 of the certificate that it must show, in lower-case hexadecimal; null, where the system's trust
/// decides or there is none.</param>
internal sealed record SocketPlace(Uri Base, string? Room, string? Fingerprint = null)
{
    /// <param name="socket">Such as <c>ws://host:8080/realtime/ws/tea</c>.</param>
    /// <param name="hasRoom">Whether the last segment is known to be a room.</param>
    /// <param name="fingerprint">The pinned one.</param>
    public static SocketPlace Of(Uri socket, bool hasRoom, string? fingerprint = null)
    {
        var path = socket.AbsolutePath.TrimEnd('/');
        var last = path[(path.LastIndexOf('/') + 1)..];
        var isRoom = hasRoom || last != "ws";
        return new SocketPlace(
            HubPlace.BaseOf(socket, isRoom ? path[..path.LastIndexOf('/')] : path),
            isRoom && last.Length > 0 ? Uri.UnescapeDataString(last) : null,
            fingerprint);
    }

    /// <summary>For people: where, and by which certificate it is known.</summary>
    public override string ToString() => HubWords.Address(Base) + (Fingerprint is null ? "" : $" (certificate {Fingerprint})");
}
