using System.Net;
using System.Security.Claims;
using Kodama.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Kodama.SocketIO;

/// <summary>What is kept of the request that opened a session. Immutable; the request itself has ended, most likely.</summary>
internal sealed class HandshakeRequest
{
    private HandshakeRequest()
    {
    }

    /// <summary>Path and query, as they were sent.</summary>
    public required string Url { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Where from.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>Whether it came over TLS.</summary>
    public bool IsSecure { get; init; }

    /// <summary>Whether it came from a web page of another origin, or said so: it has an <c>Origin</c>.</summary>
    public bool IsCrossDomain { get; init; }

    /// <summary>Who the authenticators, or else the application, say it is; null if they do not know.</summary>
    public ClaimsPrincipal? Principal { get; init; }

    /// <summary>What the authenticators learned, which counts more than what the client says; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? AuthenticatedDetails { get; init; }

    /// <summary>The request's headers, if <see cref="EngineServer"/> was asked to keep them; their names in any case.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The query's parameters, parsed anew at each call; of a repeated one the last. Names are case-sensitive.</summary>
    public Dictionary<string, string> Query() => RequestQuery.ToDictionary(Url);

    public static HandshakeRequest Of(
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
            ? context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)
            : null,
    };
}
