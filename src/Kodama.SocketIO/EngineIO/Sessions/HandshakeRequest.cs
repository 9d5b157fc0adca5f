using System.Net;
using System.Security.Claims;
using Kodama.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Kodama.SocketIO;

/// <summary>What is kept of the request that opened a session. Immutable; the request itself has ended, most likely.</summary>
public sealed class HandshakeRequest
{
    private HandshakeRequest() { }

    /// <summary>Path and query, as they were sent.</summary>
    public string Url { get; private init; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset Time { get; private init; }

    /// <summary>Where from.</summary>
    public IPAddress? RemoteAddress { get; private init; }

    /// <summary>Whether it came over TLS.</summary>
    public bool IsSecure { get; private init; }

    /// <summary>Whether it came from a web page of another origin, or said so: it has an <c>Origin</c>.</summary>
    public bool IsCrossDomain { get; private init; }

    /// <summary>Who the authenticators, or else the application, say it is; null if they do not know.</summary>
    public ClaimsPrincipal? Principal { get; private init; }

    /// <summary>What the authenticators learned, which counts more than what the client says; null for nothing.</summary>
    internal IReadOnlyDictionary<string, string>? AuthenticatedDetails { get; private init; }

    /// <summary>Its headers with <see cref="EngineOptions.KeepHeaders"/>, else null; their names in any case.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; private init; }

    /// <summary>The query's parameters, parsed anew at each call; of a repeated one the last. Names are case-sensitive.</summary>
    public Dictionary<string, string> Query() => RequestQuery.ToDictionary(Url);

    /// <summary>As another hub tells of it.</summary>
    internal static HandshakeRequest Of(
        string url, DateTimeOffset time, IPAddress? address, bool isSecure, bool isCrossDomain,
        IReadOnlyDictionary<string, string> headers) => new()
    {
        Url = url,
        Time = time,
        RemoteAddress = address,
        IsSecure = isSecure,
        IsCrossDomain = isCrossDomain,
        Headers = headers.Count > 0 ? headers : null,
    };

    internal static HandshakeRequest Of(
        HttpContext context, AuthenticationResult authenticated, DateTimeOffset time, bool keepsHeaders) => new()
    {
        Url = context.Request.GetEncodedPathAndQuery(),
        Time = time,
        RemoteAddress = Server.RemoteAddress.Of(context),
        IsSecure = context.Request.IsHttps,
        IsCrossDomain = context.Request.Headers.Origin.Count > 0,
        Principal = authenticated.Principal ?? (context.User.Identity is { IsAuthenticated: true } ? context.User : null),
        AuthenticatedDetails = authenticated.Details,
        Headers = keepsHeaders
            ? context.Request.Headers.ToDictionary(h => h.Key, h => $"{h.Value}", StringComparer.OrdinalIgnoreCase)
            : null,
    };
}
