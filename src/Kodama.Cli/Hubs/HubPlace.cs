using Kodama.Client.Connecting;
using Kodama.Discovery;

namespace Kodama.Cli.Hubs;

/// <summary>Where the hub is that the doctor looks at.</summary>
/// <param name="Base">Its URL, with a slash at the end: <c>http://192.168.1.20:8080/</c>.</param>
/// <param name="Fingerprint">What it has told of its certificate.</param>
/// <param name="Token">That of the link that <c>serve</c> prints, if it was given.</param>
internal sealed record HubPlace(Uri Base, string? Fingerprint, string? Token = null)
{
    private const string WebSocketPath = "ws";

    public static HubPlace Of(FoundHub hub) => new(BaseOf(hub.Address, hub.Path), hub.CertificateFingerprint);

    /// <summary>An address as a person writes it; null, when it is a name to look for.</summary>
    /// <exception cref="ArgumentException">It is meant as an address, and is none that a hub can have.</exception>
    public static HubPlace? TryParse(string text)
    {
        if (!HubAddress.TryParse(text, out var written)) return null;
        var (address, token) = HubAddress.LiftToken(written);
        return new(BaseOf(address, address.AbsolutePath), Fingerprint: null, token);
    }

    /// <summary>The URL under which all of the hub's are, found from that of a WebSocket: <c>/realtime/ws/room</c> is under
    /// <c>/realtime/</c>.</summary>
    public static Uri BaseOf(Uri address, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var end = Array.LastIndexOf(segments, WebSocketPath);
        var prefix = string.Join('/', end < 0 ? segments : segments[..end]);
        return new UriBuilder(address)
        {
            Scheme = address.Scheme is "https" or "wss" ? Uri.UriSchemeHttps : Uri.UriSchemeHttp,
            // Without its scope a link-local address leads nowhere, and the builder leaves it out.
            Host = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.DnsSafeHost}]" : address.Host,
            Port = address.Port,
            Path = prefix.Length == 0 ? "/" : $"/{prefix}/",
            Query = "",
            UserName = "",
            Password = "",
        }.Uri;
    }

    /// <summary>Where a room's WebSocket is, with the scheme of the hub.</summary>
    // As it was written: combining URLs loses the scope of a link-local address.
    public Uri Socket(string room) => new($"{Base.OriginalString}{WebSocketPath}/{Uri.EscapeDataString(room)}");
}
