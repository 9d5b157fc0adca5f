using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>Which web page a request comes from.</summary>
internal static class RequestSource
{
    /// <summary>What an <c>Origin</c> header says of a page that it does not name.</summary>
    private const string Unknown = "null";

    /// <summary>The origin, or null for a program.</summary>
    /// <remarks>
    /// A JSONP client gets its answers as scripts, which browsers send without an Origin, and which pages of any origin can read. So there
    /// the page must be known by its Referer.
    /// </remarks>
    public static string? Of(HttpRequest request, in RequestQuery query)
    {
        if (request.Headers.Origin is [{ } origin, ..]) return origin;
        if (query.Jsonp is null) return null;
        return Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var page)
            ? page.GetLeftPart(UriPartial.Authority)
            : Unknown;
    }

    /// <summary>
    /// Whether a page of another site sent a request that needs no <c>Origin</c>, such as that for a picture (W3C Fetch Metadata): it
    /// cannot read the answer, but would open a session.
    /// </summary>
    public static bool IsForeignPage(HttpRequest request) =>
        request.Headers.Origin.Count == 0 && request.Headers["Sec-Fetch-Site"] is [{ } site, ..]
            && site.Equals("cross-site", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a header can have this value (RFC 9110 section 5.5).</summary>
    public static bool IsValid(string origin)
    {
        foreach (var character in origin)
        {
            if (character is (< ' ' and not '\t') or '\x7F' or > '\xFF') return false;
        }
        return true;
    }
}
