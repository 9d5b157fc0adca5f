using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Console;

/// <summary>Files that the build has embedded in this assembly, packed by gzip, with their types and entity tags.</summary>
/// <param name="prefix">What the names of their resources begin with.</param>
/// <param name="owner">What they are of, for the error that says which there is not.</param>
internal sealed class EmbeddedFiles(string prefix, string owner)
{
    private readonly FrozenDictionary<string, Asset> assets = Load(prefix).ToFrozenDictionary(a => a.Path, StringComparer.Ordinal);

    public bool Has(string path) => assets.ContainsKey(path);

    public async Task WriteAsync(HttpContext context, string path)
    {
        if (!assets.TryGetValue(path, out var asset))
        {
            context.Response.Headers.CacheControl = "no-store";
            await HttpError.WriteAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", $"The {owner} has no file \"{path}\".");
            return;
        }
        var headers = context.Response.Headers;
        headers.ETag = asset.ETag;
        headers.Append("Vary", "Accept-Encoding");
        if (context.Request.Headers.IfNoneMatch == asset.ETag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        context.Response.ContentType = asset.ContentType;
        var isPacked = ContentCoding.Quality(context.Request, "gzip") > 0;
        if (isPacked) headers.ContentEncoding = "gzip";
        var bytes = isPacked ? asset.Packed : asset.Unpack();
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static IEnumerable<Asset> Load(string prefix)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            var path = name.Replace('\\', '/');
            if (!path.StartsWith(prefix, StringComparison.Ordinal)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            // Weak: it is the file's, packed or not.
            yield return new Asset(path[prefix.Length..], bytes, $"W/\"{Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
        }
    }

    private sealed record Asset(string Path, byte[] Packed, string ETag)
    {
        public string ContentType { get; } = System.IO.Path.GetExtension(Path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".md" or ".ts" => "text/plain; charset=utf-8",
            ".webmanifest" or ".json" or ".map" => "application/json; charset=utf-8",
            ".png" => "image/png",
            ".woff2" => "font/woff2",
            _ => "application/octet-stream",
        };

        public byte[] Unpack()
        {
            using var unpacked = new MemoryStream();
            using (var gzip = new GZipStream(new MemoryStream(Packed), CompressionMode.Decompress)) gzip.CopyTo(unpacked);
            return unpacked.ToArray();
        }
    }
}
