using System.IO.Compression;
using System.Reflection;
using Kodama.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Kodama.SocketIO;

/// <summary>The JavaScript client (Client/), embedded in this assembly at build: for pages that write <c>&lt;script
/// src="/socket.io/socket.io.js"&gt;</c>.</summary>
internal static class ClientScripts
{
    private static readonly Lazy<EntityTagHeaderValue> Tag = new(() => new($"\"{new StreamReader(Open("version.txt")!).ReadToEnd()}\""));

    public static async Task WriteAsync(HttpContext context, CorsOptions cors, RequestGuard guard)
    {
        if (Refusal.Of(guard.Check(context)) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return;
        }
        cors.Write(context, guard);
        var file = $"{context.GetRouteValue("file")}";
        if (Open(file + ".gz") is not { } script)
        {
            var message = $"There is no script \"{file}\": take socket.io.js or socket.io.min.js.";
            await HttpError.WriteAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", message);
            return;
        }
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=0";
        headers.Append("Vary", "Accept-Encoding");
        if (ContentCoding.Quality(context.Request, "gzip") > 0) headers.ContentEncoding = "gzip";
        else script = new GZipStream(script, CompressionMode.Decompress);
        var type = file.EndsWith(".map", StringComparison.Ordinal) ? "application/json" : "application/javascript";
        await TypedResults.Stream(script, $"{type}; charset=utf-8", entityTag: Tag.Value).ExecuteAsync(context);
        // There is nothing in it that could be encoded.
        if (context.Response.StatusCode == StatusCodes.Status304NotModified) headers.ContentEncoding = default;
    }

    private static Stream? Open(string file) => Assembly.GetExecutingAssembly().GetManifestResourceStream($"client/{file}");
}
