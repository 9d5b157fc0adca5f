using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.Ably;

/// <summary>A request of the REST API: who asks, for what, and in which form it is answered.</summary>
/// <param name="context">As it came.</param>
/// <param name="access">Who asks.</param>
/// <param name="body">What it brings; null for nothing.</param>
internal sealed class RestRequest(HttpContext context, Access access, WireDocument? body)
{
    /// <summary>Most entries of a page.</summary>
    public const int MaxLimit = 1000;

    private const int DefaultLimit = 100;

    public Access Access => access;

    public App App => access.App;

    public WireElement Body => body?.Root ?? default;

    public string Method => context.Request.Method;

    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>The version of the protocol that the client speaks; 0 for one that does not say.</summary>
    public int Version => int.TryParse(
        context.Request.Headers["X-Ably-Version"].ToString().Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var said)
        ? said
        : int.TryParse(context.Request.Query["v"].ToString().Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out said)
            ? said : 0;

    public string? this[string parameter] => context.Request.Query[parameter].FirstOrDefault();

    /// <summary>The parts of a path, decoded each by itself: a channel's name may have slashes.</summary>
    public static string[] PartsOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var path = target.Split('?')[0];
        return Array.ConvertAll(path.Trim('/').Split('/'), Uri.UnescapeDataString);
    }

    /// <summary>Which form the client reads.</summary>
    public static WireFormat FormatOf(HttpRequest request)
    {
        var asked = request.Query["envelope"].FirstOrDefault() ?? request.Query["format"].FirstOrDefault();
        if (asked is not null) return asked == "msgpack" ? WireFormat.MessagePack : WireFormat.Json;
        var accept = request.Headers.Accept.ToString();
        var packed = accept.IndexOf("application/x-msgpack", StringComparison.OrdinalIgnoreCase);
        var json = accept.IndexOf("application/json", StringComparison.OrdinalIgnoreCase);
        return packed >= 0 && (json < 0 || packed < json) ? WireFormat.MessagePack : WireFormat.Json;
    }

    /// <summary>How many are wanted at once; null, where that is none.</summary>
    public int? Limit => this["limit"] is not { Length: > 0 } said ? DefaultLimit
        : int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MaxLimit ? limit
        : null;

    public bool IsForwards => this["direction"] == "forwards";

    /// <summary>A time in milliseconds; null, where there is none.</summary>
    public long? TimeOf(string parameter) =>
        long.TryParse(this[parameter], NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : null;

    /// <summary>The client as the rules see it: a request, whose author is new with each, or the connection for which it speaks.</summary>
    public PeerDescription Describe(string? connection = null) => new()
    {
        // Counted and refused as requests are.
        Door = "http",
        Encoder = App.Encoders[0],
        Details = access.Name is { } name
            ? new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = name }
            : new Dictionary<string, string>(StringComparer.Ordinal),
        RemoteAddress = context.Connection.RemoteIpAddress,
        Session = connection,
    };

    /// <summary>What links to other pages say again: never a credential.</summary>
    public string LinkTo(string page, string? cursor)
    {
        string[] kept = ["start", "end", "direction", "limit", "from_serial", "fromSerial", "clientId", "connectionId", "prefix", "by"];
        var pairs = kept.Where(name => this[name] is not null).Select(name => $"{name}={Uri.EscapeDataString(this[name]!)}");
        if (cursor is not null) pairs = pairs.Append($"cursor={Uri.EscapeDataString(cursor)}");
        return $"<./{page}?{string.Join('&', pairs)}>";
    }
}
