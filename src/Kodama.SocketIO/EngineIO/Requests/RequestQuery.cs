using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Kodama.SocketIO;

/// <summary>The parameters of a query that are the engine's. Read as node does: names are case-sensitive, and of a repeated parameter the
/// last counts.</summary>
internal struct RequestQuery
{
    public EngineVersion Version { get; private set; }
    public string? Transport { get; private set; }

    /// <summary>The session; null for a new one.</summary>
    public string? Sid { get; private set; }

    /// <summary>The number of a JSONP client; null for any other.</summary>
    public string? Jsonp { get; private set; }

    /// <summary>Whether a v3 client cannot take bytes.</summary>
    public bool IsText { get; private set; }

    public static RequestQuery Of(HttpRequest request)
    {
        // What is not 4 is 3, as in node.
        var query = new RequestQuery { Version = EngineVersion.V3 };
        foreach (var parameter in new QueryStringEnumerable(request.QueryString.Value))
        {
            switch (parameter.DecodeName().Span)
            {
                case "EIO":
                    query.Version = parameter.DecodeValue().Span is "4" ? EngineVersion.V4 : EngineVersion.V3;
                    break;
                case "transport":
                    query.Transport = parameter.DecodeValue().ToString();
                    break;
                case "sid":
                    query.Sid = parameter.DecodeValue() is { IsEmpty: false } sid ? sid.ToString() : null;
                    break;
                case "j":
                    query.Jsonp = parameter.DecodeValue().ToString();
                    break;
                case "b64":
                    query.IsText = !parameter.DecodeValue().IsEmpty;
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
