using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.SocketIO;

/// <summary>Reads what a POST sends, as it comes: a length that is only announced reserves nothing.</summary>
internal static class PostBody
{
    /// <summary>Appends the body; false, when it is larger than <paramref name="maxSize"/>, as soon as that is known.</summary>
    /// <exception cref="IOException">The client broke off.</exception>
    public static async ValueTask<bool> TryReadAsync(HttpContext context, PooledBuffer body, int maxSize, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength > maxSize) return false;
        // Kestrel's own bound is for applications that have none.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (body.Length + read.Buffer.Length > maxSize)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                return false;
            }
            Append(read, body);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return true;
        }
    }

    private static void Append(in ReadResult read, PooledBuffer body)
    {
        foreach (var segment in read.Buffer)
        {
            segment.Span.CopyTo(body.GetSpan(segment.Length));
            body.Advance(segment.Length);
        }
    }
}
