using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.SocketIO;

/// <summary>Reads what a POST sends, as it comes: a length that is only announced reserves nothing.</summary>
internal static class PostBody
{
    /// <summary>
    /// Appends the body, taking its bytes out of the address's share of the budget; says 413 when it is larger than <paramref name="maxSize"/>, as soon as that is
    /// known, or 503.
    /// </summary>
    /// <exception cref="IOException">The client broke off.</exception>
    public static async ValueTask<Refusal?> ReadAsync(
        HttpContext context, PooledBuffer body, int maxSize, BodyBudget budget, IPAddress? address, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength > maxSize) return Refusal.Empty(StatusCodes.Status413PayloadTooLarge);
        // Kestrel's own bound is for applications that have none.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var isTooLarge = body.Length + read.Buffer.Length > maxSize;
            if (isTooLarge || !budget.TryTake(address, read.Buffer.Length))
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                return Refusal.Empty(isTooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status503ServiceUnavailable);
            }
            Append(read, body);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return null;
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
