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

    /// <summary>Where the page is, whatever is at the root.</summary>
    public const string Path = "/kodama";

    private const string ResourcePrefix = "console/";
    private const string Index = "index.html";

    // No script but the console's own, nothing from anywhere else, in nobody's frame.
    private const string ContentSecurityPolicy =
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'self'; "
            + "form-action 'none'; frame-ancestors 'none'";

    private readonly FrozenDictionary<string, Asset> assets = Load().ToFrozenDictionary(a => a.Path, StringComparer.Ordinal);

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
        if (instead is null) await WriteAsync(context, Index);
        else context.Response.Redirect($"{context.Request.PathBase}{instead}{context.Request.QueryString}");
    }

    /// <summary>Whether it is a file of the console that is asked for.</summary>
    public bool HasAsset(HttpContext context) => assets.ContainsKey(PathOf(context));

    public Task WriteAssetAsync(HttpContext context)
    {
        // The build names files by their content.
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return WriteAsync(context, PathOf(context));
    }

    private static string PathOf(HttpContext context) => $"assets/{context.GetRouteValue(PathParameter)}";

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
