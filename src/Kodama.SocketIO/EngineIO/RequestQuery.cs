using Microsoft.AspNetCore.WebUtilities;

namespace Kodama.SocketIO;

/// <summary>A query as node reads it: names are case-sensitive, and of a repeated parameter the last counts.</summary>
internal static class RequestQuery
{
    /// <summary>The parameters of a path and query.</summary>
    public static Dictionary<string, string> ToDictionary(string url)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var start = url.IndexOf('?', StringComparison.Ordinal);
        if (start < 0) return parameters;
        foreach (var parameter in new QueryStringEnumerable(url.AsMemory(start)))
            parameters[parameter.DecodeName().ToString()] = parameter.DecodeValue().ToString();
        return parameters;
    }
}
