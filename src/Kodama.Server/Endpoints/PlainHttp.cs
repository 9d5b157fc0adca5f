using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>What a hub that speaks https only answers to plain http: the way there, for people (docs/specs/https.md).</summary>
internal sealed class PlainHttp(RequestGuard guard, TlsPorts tls)
{
    /// <summary>Passes on what came by TLS, or to a port that has none; a handshake must not stay in here as long as its connection
    /// lasts.</summary>
    public RequestDelegate Before(RequestDelegate next)
    {
        var plain = guard.Open(RefuseAsync);
        return context => context.Request.IsHttps || !tls.Has(context.Connection.LocalPort) ? next(context) : plain(context);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        var request = context.Request;
        HttpError.EndConnection(context);
        if (!ForeignHostPage.IsFor(request))
        {
            const string Message = "This hub speaks https, and wss: nothing is said here in clear.";
            return HttpError.WriteAsync(context, StatusCodes.Status403Forbidden, "HTTPS_REQUIRED", Message);
        }
        context.Response.Redirect(
            $"https://{request.Headers.Host}{request.PathBase}{request.Path}{request.QueryString}", permanent: true, preserveMethod: true);
        return Task.CompletedTask;
    }
}
