using System.Globalization;

namespace Kodama.Client.Connecting;

/// <summary>Where a hub may answer.</summary>
/// <param name="WebSocket">Without details: <c>ws://192.168.1.20:8080/ws/room</c>.</param>
internal sealed record HubEndpoint(Uri WebSocket)
{
    /// <summary>To be shown: without the query, which may hold what is nobody's business.</summary>
    public Uri Address => WebSocket.Query.Length == 0
        ? WebSocket
        : new(WebSocket.OriginalString[..WebSocket.OriginalString.IndexOf('?', StringComparison.Ordinal)]);

    public bool IsSecure => WebSocket.Scheme == Uri.UriSchemeWss;

    /// <summary>For messages: <c>192.168.1.20:8080</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{WebSocket.Host}:{WebSocket.Port}");
}
