using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server.Console;

/// <summary>The web console's files (src/Kodama.Web), embedded in this assembly at build.</summary>
internal sealed class ConsoleAssets
{
    /// <summary>Route parameter of a file's path under <c>/assets</c>.</summary>
    public const string PathParameter = "path";

    private const string ResourcePrefix = "console/";
    private const string Index = "index.html";

    // No script but the console's own, nothing from anywhere else, in nobody's frame.
    private const string ContentSecurityPolicy =
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'self'; "
            + "form-action 'none'; frame-ancestors 'none'";

    private readonly FrozenDictionary<string, Asset> assets = Load().ToFrozenDictionary(a => a.Path, StringComparer.Ordinal);

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
        await WriteAsync(context, Index);
    }

    public Task WriteAssetAsync(HttpContext context)
    {
        // The build names files by their content.
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return WriteAsync(context, $"assets/{context.GetRouteValue(PathParameter)}");
    }

    private async Task WriteAsync(HttpContext context, string path)
    {
        if (!assets.TryGetValue(path, out var asset))
        {
            context.Response.Headers.CacheControl = "no-store";
            await HttpError.WriteAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", $"The console has no file \"{path}\".");
            return;
        }
        context.Response.Headers.ETag = asset.ETag;
        if (context.Request.Headers.IfNoneMatch == asset.ETag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = asset.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(asset.Bytes, context.RequestAborted);
    }

    private static IEnumerable<Asset> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            var path = name.Replace('\\', '/');
            if (!path.StartsWith(ResourcePrefix, StringComparison.Ordinal)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            yield return new Asset(path[ResourcePrefix.Length..], bytes, $"\"{Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
        }
    }

    private sealed record Asset(string Path, byte[] Bytes, string ETag)
    {
        public string ContentType { get; } = System.IO.Path.GetExtension(Path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".md" => "text/plain; charset=utf-8",
            ".webmanifest" or ".json" => "application/json; charset=utf-8",
            ".png" => "image/png",
            ".woff2" => "font/woff2",
            _ => "application/octet-stream",
        };
    }
}
