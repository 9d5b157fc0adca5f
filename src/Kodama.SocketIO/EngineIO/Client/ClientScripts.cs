using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using Kodama.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.SocketIO;

/// <summary>The JavaScript client (Client/), embedded in this assembly at build: for pages that write <c>&lt;script
/// src="/socket.io/socket.io.js"&gt;</c>.</summary>
internal sealed class ClientScripts(CorsAnswer cors, RequestGuard guard)
{
    /// <summary>Route parameter of a script's name.</summary>
    public const string FileParameter = "file";

    private const string ResourcePrefix = "client/";
    private const string Compressed = ".gz";

    // Read when the first is asked for.
    private static readonly Lazy<FrozenDictionary<string, byte[]>> Files = new(Load);
    private static readonly Lazy<string> Tag = new(() => $"\"{Version()}\"");

    public async Task WriteAsync(HttpContext context)
    {
        var file = context.GetRouteValue(FileParameter)?.ToString() ?? "";
        if (guard.Check(context) is not null)
        {
            await Refusal.Foreign.WriteAsync(context);
            return;
        }
        cors.Write(context);
        if (!Files.Value.TryGetValue(file, out var compressed))
        {
            await HttpError.WriteAsync(
                context, StatusCodes.Status404NotFound, "NOT_FOUND",
                $"There is no script \"{file}\": take socket.io.js or socket.io.min.js.");
            return;
        }
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=0";
        headers.ETag = Tag.Value;
        headers.Append("Vary", "Accept-Encoding");
        if (IsKnown(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        context.Response.ContentType = file.EndsWith(".map", StringComparison.Ordinal)
            ? "application/json; charset=utf-8"
            : "application/javascript; charset=utf-8";
        await WriteBodyAsync(context, compressed);
    }

    private static async Task WriteBodyAsync(HttpContext context, byte[] compressed)
    {
        var isHead = HttpMethods.IsHead(context.Request.Method);
        if (ContentCoding.Takes(context.Request.Headers.AcceptEncoding, "gzip"))
        {
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.ContentLength = compressed.Length;
            if (!isHead) await context.Response.Body.WriteAsync(compressed, context.RequestAborted);
        }
        else if (!isHead)
        {
            await using var plain = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
            await plain.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static bool IsKnown(HttpRequest request) =>
        request.Headers.IfNoneMatch.Any(
            tags => tags!.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == Tag.Value || tag == $"W/{Tag.Value}"));

    private static string Version()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"{ResourcePrefix}version.txt")!);
        return reader.ReadToEnd();
    }

    private static FrozenDictionary<string, byte[]> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(ResourcePrefix, StringComparison.Ordinal) || !name.EndsWith(Compressed, StringComparison.Ordinal))
                continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files[name[ResourcePrefix.Length..^Compressed.Length]] = bytes;
        }
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
