using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server.Console;

/// <summary>The web console's files (src/Kodama.Web), embedded in this assembly at build.</summary>
internal sealed class ConsoleAssets
{
    /// <summary>Route parameter of a file's path under <c>/assets</c>.</summary>
    public const string PathParameter = "path";

    private const string Index = "index.html";

    // No script but the console's own, nothing from anywhere else, in nobody's frame.
    private const string ContentSecurityPolicy =
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'self'; "
            + "form-action 'none'; frame-ancestors 'none'";

    private readonly EmbeddedFiles files = new("console/", "console");

    public async Task WriteIndexAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        // The page's links are relative, and need the slash at the end of a prefix.
        if (!context.Request.Path.HasValue || !context.Request.Path.Value!.EndsWith('/'))
        {
            context.Response.Redirect($"{context.Request.PathBase}{context.Request.Path}/{context.Request.QueryString}");
            return;
        }
        await files.WriteAsync(context, Index);
    }

    public Task WriteAssetAsync(HttpContext context)
    {
        // The build names files by their content.
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return files.WriteAsync(context, $"assets/{context.GetRouteValue(PathParameter)}");
    }
}
