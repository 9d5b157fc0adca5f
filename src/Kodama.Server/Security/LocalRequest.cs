using System.Net;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Whether a request comes from the hub's own machine.</summary>
internal static class LocalRequest
{
    // What a proxy on this machine says of a client that is on another one (RFC 7239, RFC 9110 section 7.6.3, and what came before).
    private static readonly string[] OfProxies = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    /// <summary>From a loopback address, and by no proxy that says so.</summary>
    public static bool IsLocal(HttpContext context) =>
        RemoteAddress.Of(context) is { } address && IPAddress.IsLoopback(address)
        && !Array.Exists(OfProxies, context.Request.Headers.ContainsKey);
}
