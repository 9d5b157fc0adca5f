using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Security;

/// <summary>
/// Which web pages may use the hub. A browser sends its page's origin with a handshake and with what changes something; programs send none.
/// </summary>
internal sealed class RequestOrigin(KodamaOptions options, HubNeighbours neighbours)
{
    private readonly string[] allowed = [.. options.AllowedOrigins];

    /// <summary>Whether the request comes from a program, from the hub's own pages or from an allowed one.</summary>
    public bool IsAllowed(HttpRequest request) => request.Headers.Origin switch
    {
        [] => !IsOfAnotherSite(request) || IsConfigured("*"),
        [{ } origin] => IsAllowed(origin, request),
        _ => false,
    };

    /// <summary>Whether the request comes from a program or from the hub's own pages, and not from an allowed one.</summary>
    public static bool IsOwn(HttpRequest request) => request.Headers.Origin switch
    {
        [] => !IsOfAnotherSite(request),
        [{ } origin] => IsOwn(origin, RequestHost.Of(request)),
        _ => false,
    };

    /// <summary>Whether the hub's own pages, as the request addresses it, those of its cluster, or allowed ones have this origin.</summary>
    public bool IsAllowed(string origin, HttpRequest request) =>
        IsOwn(origin, RequestHost.Of(request)) || IsConfigured(origin) || neighbours.HasOrigin(origin);

    /// <summary>Whether another host's page was allowed by option: only those need CORS answers.</summary>
    public bool IsConfigured(string origin) => Array.Exists(allowed, pattern => OriginPattern.Matches(pattern, origin));

    // A page that fetches without CORS sends no origin with GET; where TLS or localhost let it, its browser says this in the stead.
    private static bool IsOfAnotherSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is [.., { } site] && site is not ("same-origin" or "none");

    // The scheme aside: a proxy may speak TLS to the browser and none to the hub.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && string.Equals(uri.Host, host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? uri.Port == port : uri.IsDefaultPort);
}
