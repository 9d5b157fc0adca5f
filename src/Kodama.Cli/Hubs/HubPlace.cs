using Kodama.Client.Connecting;
using Kodama.Discovery;

namespace Kodama.Cli.Hubs;

/// <summary>Where the hub is that the doctor looks at.</summary>
/// <param name="Base">Its URL, with a slash at the end: <c>http://192.168.1.20:8080/</c>.</param>
/// <param name="Fingerprint">What it has told of its certificate.</param>
internal sealed record HubPlace(Uri Base, string? Fingerprint)
{
    private const string WebSocketPath = "ws";

    public static HubPlace Of(FoundHub hub) => new(BaseOf(hub.Address, hub.Path), hub.CertificateFingerprint);

    /// <summary>An address as a person writes it; null, when it is a name to look for.</summary>
    /// <exception cref="ArgumentException">It is meant as an address, and is none that a hub can have.</exception>
    public static HubPlace? TryParse(string text) => HubAddress.TryParse(text, out var address) ? new(BaseOf(address, address.AbsolutePath), null) : null;

    /// <summary>The URL under which all of the hub's are, found from that of a WebSocket: <c>/realtime/ws/room</c> is under <c>/realtime/</c>.</summary>
    public static Uri BaseOf(Uri address, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var end = Array.LastIndexOf(segments, WebSocketPath);
        var prefix = string.Join('/', end < 0 ? segments : segments[..end]);
        return new UriBuilder(address)
        {
            Scheme = address.Scheme is "https" or "wss" ? Uri.UriSchemeHttps : Uri.UriSchemeHttp,
            Port = address.Port,
            Path = prefix.Length == 0 ? "/" : $"/{prefix}/",
            Query = "",
            UserName = "",
            Password = "",
        }.Uri;
    }

    /// <summary>The WebSocket of a room.</summary>
    public Uri Socket(string room) => new UriBuilder(new Uri(Base, $"{WebSocketPath}/{Uri.EscapeDataString(room)}")) { Scheme = Base.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
}
