using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Kodama.SocketIO;

/// <summary>The parameters of a query that are the engine's. Read as node does: names are case-sensitive, and of a repeated parameter the
/// last counts.</summary>
internal readonly record struct RequestQuery
{
    public string? Eio { get; private init; }

    public string? Transport { get; private init; }

    /// <summary>The session; null for a new one.</summary>
    public string? Sid { get; private init; }

    /// <summary>The number of a JSONP client; null for any other.</summary>
    public string? Jsonp { get; private init; }

    /// <summary>Whether a v3 client cannot take bytes.</summary>
    public bool IsText { get; private init; }

    /// <summary>What is not 4 is 3, as in node.</summary>
    public EngineVersion Version => Eio == "4" ? EngineVersion.V4 : EngineVersion.V3;

    public static RequestQuery Of(HttpRequest request)
    {
        var query = default(RequestQuery);
        foreach (var parameter in new QueryStringEnumerable(request.QueryString.Value))
        {
            switch (parameter.DecodeName().Span)
            {
                case "EIO":
                    query = query with { Eio = parameter.DecodeValue().ToString() };
                    break;
                case "transport":
                    query = query with { Transport = parameter.DecodeValue().ToString() };
                    break;
                case "sid":
                    query = query with { Sid = parameter.DecodeValue() is { IsEmpty: false } sid ? sid.ToString() : null };
                    break;
                case "j":
                    query = query with { Jsonp = parameter.DecodeValue().ToString() };
                    break;
                case "b64":
                    query = query with { IsText = !parameter.DecodeValue().IsEmpty };
                    break;
            }
        }
        return query;
    }

    /// <summary>All parameters of a path and query.</summary>
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
