using System.IO.Compression;
using Kodama.Server;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>Writes the answers of polling, with node's headers.</summary>
internal static class PollingResponse
{
    /// <summary>Smaller bodies are not worth compressing. Node's.</summary>
    private const int CompressionThreshold = 1024;

    public static Task WriteAsync(HttpContext context, PollBody packets, string? jsonp, bool compresses)
    {
        var type = packets.Finish(jsonp);
        return compresses && packets.Length >= CompressionThreshold && ChooseCoding(context.Request) is { } coding
            ? WriteAsync(context, type, Compress(context, packets.Memory.Span, coding))
            : WriteAsync(context, type, packets.Memory);
    }

    /// <summary>The answer to a POST. The type is HTML as older browsers would have offered anything else for download.</summary>
    public static Task WriteOkAsync(HttpContext context) => WriteAsync(context, "text/html", "ok"u8.ToArray());

    private static string? ChooseCoding(HttpRequest request)
    {
        var (gzip, deflate) = (ContentCoding.Quality(request, "gzip"), ContentCoding.Quality(request, "deflate"));
        return gzip <= 0 && deflate <= 0 ? null : gzip >= deflate ? "gzip" : "deflate";
    }

    private static ReadOnlyMemory<byte> Compress(HttpContext context, ReadOnlySpan<byte> body, string coding)
    {
        context.Response.Headers.ContentEncoding = coding;
        var compressed = new MemoryStream(body.Length / 2);
        using (Stream stream = coding == "gzip"
            ? new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(body);
        }
        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    private static Task WriteAsync(HttpContext context, string type, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.ContentType = type;
        response.Headers.CacheControl = "no-store";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
