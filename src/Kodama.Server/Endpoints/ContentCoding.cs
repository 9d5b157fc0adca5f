using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Kodama.Server;

/// <summary>The content codings that a client takes.</summary>
internal static class ContentCoding
{
    /// <summary>How much a client likes a content coding: from 0 for not at all to 1 (RFC 9110 section 12.5.3).</summary>
    public static double Quality(HttpRequest request, string coding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var codings)) return 0;
        var taken = codings.FirstOrDefault(taken => taken.Value.Equals(coding, StringComparison.OrdinalIgnoreCase))
            ?? codings.FirstOrDefault(taken => taken.Value == "*");
        return taken is null ? 0 : taken.Quality ?? 1;
    }
}
