using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

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

    /// <summary>How much a client likes a content coding: from 0 for not at all to 1 (RFC 9110 section 12.5.3).</summary>
    public static double Quality(HttpRequest request, string coding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var codings)) return 0;
        var taken = codings.FirstOrDefault(taken => taken.Value.Equals(coding, StringComparison.OrdinalIgnoreCase))
            ?? codings.FirstOrDefault(taken => taken.Value == "*");
        return taken is null ? 0 : taken.Quality ?? 1;
    }

    private static string? ChooseCoding(HttpRequest request)
    {
        var (gzip, brotli) = (Quality(request, "gzip"), Quality(request, "br"));
        return gzip <= 0 && brotli <= 0 ? null : gzip >= brotli ? "gzip" : "br";
    }

    private static ReadOnlyMemory<byte> Compress(HttpContext context, ReadOnlySpan<byte> body, string coding)
    {
        context.Response.Headers.ContentEncoding = coding;
        var compressed = new MemoryStream(body.Length / 2);
        using (Stream stream = coding == "br"
            ? new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true)
            : new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
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
