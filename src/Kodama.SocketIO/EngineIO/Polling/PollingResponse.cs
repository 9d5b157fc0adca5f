using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>Writes the answers of polling, with node's headers.</summary>
internal static class PollingResponse
{
    /// <summary>Smaller bodies are not worth compressing. Node's.</summary>
    private const int CompressionThreshold = 1024;

    private static readonly byte[] Ok = "ok"u8.ToArray();

    /// <summary>The answer to a GET.</summary>
    public static Task WriteAsync(HttpContext context, PollBody packets, string? jsonp, bool compresses)
    {
        var response = context.Response;
        response.ContentType = packets.Finish(jsonp);
        var body = packets.Memory;
        response.Headers.CacheControl = "no-store";
        if (compresses && body.Length >= CompressionThreshold && ContentCoding.Choose(context.Request.Headers.AcceptEncoding) is { } coding)
            return WriteCompressedAsync(context, body, coding);
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>The answer to a POST whose packets were read. The type is HTML as older browsers would have offered anything else for
    /// download.</summary>
    public static Task WriteOkAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/html";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = Ok.Length;
        return response.Body.WriteAsync(Ok).AsTask();
    }

    private static async Task WriteCompressedAsync(HttpContext context, ReadOnlyMemory<byte> body, ContentCoding coding)
    {
        using var compressed = new MemoryStream(body.Length / 2);
        coding.Compress(body.Span, compressed);
        context.Response.Headers.ContentEncoding = coding.Name;
        context.Response.ContentLength = compressed.Length;
        await context.Response.Body.WriteAsync(compressed.GetBuffer().AsMemory(0, (int)compressed.Length), context.RequestAborted);
    }
}
