using System.Text.Json;

namespace Kodama.Cli.Connect;

/// <summary>Somebody in the room, as the hub describes them.</summary>
/// <param name="Id">As they are known as authors: the session's, where there is one, and else the connection's.</param>
/// <param name="Name">As they call themselves, which anybody may; never empty.</param>
/// <param name="Session">Detail <c>tab</c>: by it a peer knows its own connection.</param>
internal sealed record RoomPeer(string Id, string Name, string? Session)
{
    public const string SessionDetail = "tab";
    private const int ShownDigits = 6;

    /// <summary>A Peer, or the sender of a message, of docs/specs/http.md. Null for what is none.</summary>
    public static RoomPeer? TryRead(JsonElement peer)
    {
        if ((Text(peer, "session") ?? Text(peer, "id")) is not { } id) return null;
        var details = peer.TryGetProperty("details", out var told) && told.ValueKind == JsonValueKind.Object ? told : default;
        return Of(id, Text(details, "name"), Text(details, SessionDetail));
    }

    /// <summary>Somebody who may not call themselves anything.</summary>
    public static RoomPeer Of(string id, string? name, string? session) =>
        new(id, string.IsNullOrWhiteSpace(name) ? $"peer {id[..Math.Min(id.Length, ShownDigits)]}" : name, session);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
