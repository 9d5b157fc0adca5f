using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kodama.Client.Connecting;

/// <summary>What a user writes for an address, and the WebSocket URL that it becomes.</summary>
internal static class HubAddress
{
    // Where a hub listens unless told otherwise.
    private const int DefaultPort = 8080;
    private const string DefaultPath = "/ws";

    /// <summary>
    /// Whether a text is an address and not a hub's name: it has a scheme (<c>ws://host</c>), a port (<c>host:8080</c>), or is an IP
    /// address, <c>localhost</c> or a <c>.local</c> host; a path may follow.
    /// </summary>
    /// <exception cref="ArgumentException">It has a scheme or a port, and is no address that a hub can have.</exception>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out address)) throw NotAnAddress(text);
            ThrowIfNotAHubs(address);
            return true;
        }
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (authority, path) = slash < 0 ? (text, "") : (text[..slash], text[slash..]);
        // The parser takes "[::1]:9000" too, and forgets the port.
        IPAddress? ip = null;
        if (!authority.Contains("]:", StringComparison.Ordinal)) _ = IPAddress.TryParse(authority, out ip);
        if (ip?.AddressFamily == AddressFamily.InterNetworkV6) authority = $"[{authority.Trim('[', ']')}]";
        else if (ip is not null && !IsDottedQuad(authority)) return false;
        var hasPort = HasPort(authority);
        if (!hasPort && ip is null && !IsLocalName(authority)) return false;
        if (!hasPort) authority = string.Create(CultureInfo.InvariantCulture, $"{authority}:{DefaultPort}");
        return Uri.TryCreate($"ws://{authority}{path}", UriKind.Absolute, out address);
    }

    /// <exception cref="ArgumentException">The scheme is none of http, https, ws and wss.</exception>
    public static void ThrowIfNotAHubs(Uri address)
    {
        if (!address.IsAbsoluteUri || address.Host.Length == 0) throw NotAnAddress(address.OriginalString);
        if (address.Scheme is not ("http" or "https" or "ws" or "wss"))
        {
            throw new ArgumentException(
                $"\"{address.OriginalString}\" cannot be a hub's address: its scheme must be http, https, ws or wss.");
        }
    }

    /// <summary>
    /// Takes <c>token</c> out of an address's query, as in the links that a hub gives to people: a secret does not belong into a URL, which
    /// is shown and logged. The token is decoded; null where there is none.
    /// </summary>
    public static (Uri Address, string? Token) LiftToken(Uri address)
    {
        var pairs = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        var tokens = pairs.Where(IsToken).ToList();
        if (tokens.Count == 0) return (address, null);
        var token = Uri.UnescapeDataString(tokens[0][(tokens[0].IndexOf('=', StringComparison.Ordinal) + 1)..].Replace('+', ' '));
        // Not by UriBuilder, which forgets the scope of a link-local address.
        var rest = string.Join('&', pairs.Where(p => !IsToken(p)));
        var text = address.OriginalString;
        var query = text.IndexOf('?', StringComparison.Ordinal);
        return (new Uri(rest.Length == 0 ? text[..query] : $"{text[..query]}?{rest}"), token.Length == 0 ? null : token);

        static bool IsToken(string pair) => pair.StartsWith("token=", StringComparison.Ordinal);
    }

    /// <summary>
    /// Takes what a link of a hub's has in its fragment, which goes over no network (docs/specs/https.md): <c>#sha256=...</c>, and
    /// <c>&amp;token=...</c>. With a fingerprint the address is https, and <c>/trust</c> no path of it.
    /// </summary>
    /// <exception cref="ArgumentException">The fingerprint is none.</exception>
    public static (Uri Address, string? Fingerprint, string? Token) LiftLink(Uri address)
    {
        var values = address.Fragment.TrimStart('#').Split('&')
            .Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
        if (values["sha256"].FirstOrDefault() is not { } fingerprint) return (address, null, null);
        // Not by UriBuilder, which forgets the scope of a link-local address.
        var text = address.OriginalString[..address.OriginalString.IndexOf('#', StringComparison.Ordinal)];
        if (address.AbsolutePath == "/trust") text = text.Replace("/trust", "", StringComparison.Ordinal);
        var rest = text[text.IndexOf("://", StringComparison.Ordinal)..];
        return (new Uri($"https{rest}"), CertificatePin.Normalize(fingerprint), values["token"].FirstOrDefault());
    }

    /// <summary>The endpoint at an address: a path that is none becomes <paramref name="defaultPath"/>, the room follows it; a query
    /// stays.</summary>
    public static HubEndpoint Endpoint(Uri address, string? room, string defaultPath = DefaultPath)
    {
        var path = address.AbsolutePath is "/" or "" ? defaultPath : address.AbsolutePath;
        // The default may come from the network; a query or fragment is no part of a path.
        path = path.Replace("?", "%3F", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        if (!path.StartsWith('/')) path = $"/{path}";
        if (room is not null) path = $"{path.TrimEnd('/')}/{Uri.EscapeDataString(room)}";
        var scheme = address.Scheme is "https" or "wss" ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        // The port is written out, as that of ws is not that of every scheme.
        var authority = string.Create(CultureInfo.InvariantCulture, $"{HostOf(address)}:{address.Port}");
        return new HubEndpoint(new Uri($"{scheme}://{authority}{path}{address.Query}"));
    }

    /// <summary>The URL of the handshake: the endpoint's, with the details in its query.</summary>
    public static Uri WithDetails(Uri endpoint, IReadOnlyList<KeyValuePair<string, string>> details)
    {
        if (details.Count == 0) return endpoint;
        var url = new StringBuilder(endpoint.AbsoluteUri);
        var separator = endpoint.Query.Length == 0 ? '?' : '&';
        foreach (var (key, value) in details)
        {
            url.Append(separator).Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return new Uri(url.ToString());
    }

    // IPv6 link-local addresses carry a scope, which Uri.Host leaves out, and some write as RFC 6874 has it (%25), which .NET does not
    // read.
    private static string HostOf(Uri address) => address.HostNameType == UriHostNameType.IPv6
        ? $"[{address.DnsSafeHost.Replace("%25", "%", StringComparison.Ordinal)}]"
        : address.Host;

    private static bool HasPort(string authority)
    {
        var colon = authority.LastIndexOf(':');
        if (colon <= 0 || authority.EndsWith(']')) return false;
        var (host, written) = (authority[..colon].Trim('[', ']'), authority[(colon + 1)..]);
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) return false;
        if (ushort.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0) return true;
        // A hub may call itself Lounge:99999; these are places.
        if (written.Length > 0 && written.All(char.IsAsciiDigit) && (IPAddress.TryParse(host, out _) || IsLocalName(host)))
            throw new ArgumentException($"\"{authority}\" is no address: a port is a number from 1 to 65535.");
        return false;
    }

    // "7" is an IP address to a parser, and a name to a person.
    private static bool IsDottedQuad(string text) => text.Count(c => c == '.') == 3;

    private static bool IsLocalName(string authority) =>
        authority.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (authority.EndsWith(".local", StringComparison.OrdinalIgnoreCase) && Uri.CheckHostName(authority) == UriHostNameType.Dns);

    private static ArgumentException NotAnAddress(string text) =>
        new($"\"{text}\" is no address: write it as http://192.168.1.20:8080 or ws://host:8080/ws/room.");
}
