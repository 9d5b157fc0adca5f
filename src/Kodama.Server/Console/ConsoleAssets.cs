using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server.Console;

/// <summary>The web console's files (src/Kodama.Web), embedded in this assembly at build.</summary>
internal sealed class ConsoleAssets
{
    /// <summary>Route parameter of a file's path under <c>/assets</c>.</summary>
    public const string PathParameter = "path";

    /// <summary>Where the page is, whatever is at the root.</summary>
    public const string Path = "/kodama";

    private const string Index = "index.html";

    // No script but the console's own, nothing from anywhere else, in nobody's frame.
    private const string ContentSecurityPolicy =
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'self'; "
            + "form-action 'none'; frame-ancestors 'none'";

    private readonly EmbeddedFiles files = new("console/", "console");

    /// <summary>The page where its prefix is: with the slash at the end.</summary>
    public Task WriteIndexAsync(HttpContext context) =>
        WritePageAsync(context, context.Request.Path.Value is [.., '/'] ? null : $"{context.Request.Path}/");

    /// <summary>The page beside it, at a name of its own: without the slash.</summary>
    public Task WriteNamedAsync(HttpContext context) => WritePageAsync(
        context, context.Request.Path.Value is [.. var name, '/'] ? new PathString(name).ToUriComponent() : null);

    // The page's links are relative: to the folder that its address is in.
    private async Task WritePageAsync(HttpContext context, string? instead)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        if (instead is null) await files.WriteAsync(context, Index);
        else context.Response.Redirect($"{context.Request.PathBase}{instead}{context.Request.QueryString}");
    }

    /// <summary>Whether it is a file of the console that is asked for.</summary>
    public bool HasAsset(HttpContext context) => files.Has(PathOf(context));

    public Task WriteAssetAsync(HttpContext context)
    {
        // The build names files by their content.
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return files.WriteAsync(context, PathOf(context));
    }

    private static string PathOf(HttpContext context) => $"assets/{context.GetRouteValue(PathParameter)}";
}
