using Microsoft.AspNetCore.Http;

namespace Kodama.Server.Security;

/// <summary>Headers that a request has once at most. Of two, this hub would heed one, and a proxy before it perhaps the other.</summary>
internal static class SingleHeaders
{
    /// <summary>The name of one that is there more often, or null.</summary>
    public static string? FindRepeated(IHeaderDictionary headers)
    {
        if (headers.Origin.Count > 1) return "Origin";
        if (headers.Host.Count > 1) return "Host";
        if (headers.Authorization.Count > 1) return "Authorization";
        if (headers.SecWebSocketKey.Count > 1) return "Sec-WebSocket-Key";
        if (headers.SecWebSocketVersion.Count > 1) return "Sec-WebSocket-Version";
        return null;
    }
}
