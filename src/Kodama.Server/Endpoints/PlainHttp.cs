using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>What plain http gets at a port with TLS (docs/specs/https.md).</summary>
/// <param name="guard">Which names the hub may be addressed by.</param>
/// <param name="tls">The ports.</param>
/// <param name="isServed">Whether it gets what https gets; else the way there, for people.</param>
/// <param name="hasAuthority">Whether there is a page on how to trust the hub.</param>
internal sealed class PlainHttp(RequestGuard guard, TlsPorts tls, bool isServed, bool hasAuthority)
{
    // Set by the page /trust, once its browser has come through by https.
    private const string TrustCookie = "kodama-trust";

    // For scanners, which ask by plain http first (docs/specs/discovery.md).
    private const string TlsHeader = "Kodama-Tls";

    /// <summary>Passes on what came by TLS, or to a port that has none; a handshake must not stay in here as long as its connection
    /// lasts.</summary>
    public RequestDelegate Before(RequestDelegate next)
    {
        var redirect = guard.Open(RedirectAsync);
        var refuse = guard.Open(RefuseAsync);
        return context =>
        {
            if (context.Request.IsHttps || !tls.Has(context.Connection.LocalPort)) return next(context);
            if (context.Request.Path == "/") context.Response.Headers[TlsHeader] = "1";
            if (IsForAll(context.Request.Path)) return next(context);
            var isPerson = PersonPage.IsFor(context.Request);
            if (!isServed) return isPerson ? redirect(context) : refuse(context);
            return isPerson && hasAuthority && context.Request.Cookies.ContainsKey(TrustCookie) ? redirect(context) : next(context);
        };
    }

    private bool IsForAll(PathString path) =>
        path == "/health" || (hasAuthority && (path.StartsWithSegments(TrustEndpoints.Path) || path == TrustEndpoints.ApiPath));

    // For good only where plain http never leads anywhere: trust can be taken back.
    private Task RedirectAsync(HttpContext context)
    {
        var request = context.Request;
        var place = $"https://{request.Headers.Host}{request.PathBase}{request.Path}{request.QueryString}";
        context.Response.Redirect(place, permanent: !isServed, preserveMethod: true);
        return Task.CompletedTask;
    }

    private static Task RefuseAsync(HttpContext context)
    {
        const string Message = "This hub speaks https, and wss: nothing is said here in clear.";
        HttpError.EndConnection(context);
        return HttpError.WriteAsync(context, StatusCodes.Status403Forbidden, "HTTPS_REQUIRED", Message);
    }
}
