using System.Globalization;

namespace Kodama.Server.Security;

/// <summary>An entry of <see cref="KodamaOptions.AllowedOrigins"/>: <c>*</c>, <c>https://app.example:8443</c>, <c>https://*.example</c> or,
/// of any port, <c>http://localhost:*</c>.</summary>
internal static class OriginPattern
{
    private const string AnyPort = ":*";

    /// <summary>As browsers write it: without the slash of an address, without the port that is the scheme's own, in ASCII.</summary>
    /// <exception cref="ArgumentException">It is no origin.</exception>
    public static string Normalize(string pattern)
    {
        if (pattern is "*" or "null") return pattern;
        var origin = pattern.EndsWith('/') ? pattern[..^1] : pattern;
        var example = WithoutAnyPort(origin).Replace("://*.", "://", StringComparison.Ordinal);
        if (Uri.TryCreate(example, UriKind.Absolute, out var uri) && !example.EndsWith('/')
            && uri is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" })
        {
            var host = origin.IndexOf("://", StringComparison.Ordinal) + 3;
            origin = origin[..host] + RequestHost.ToAscii(origin[host..]);
            var port = string.Create(CultureInfo.InvariantCulture, $":{uri.Port}");
            return uri.IsDefaultPort && origin.EndsWith(port, StringComparison.Ordinal) ? origin[..^port.Length] : origin;
        }
        throw new ArgumentException($"AllowedOrigins has \"{pattern}\", which is not an origin: "
            + "write scheme, host and, if it is not the scheme's own, port, such as https://app.example or http://localhost:3000.");
    }

    public static bool Matches(string pattern, string origin)
    {
        if (pattern == "*" || string.Equals(pattern, origin, StringComparison.OrdinalIgnoreCase)) return true;
        if (pattern.EndsWith(AnyPort, StringComparison.Ordinal)) return Matches(WithoutAnyPort(pattern), WithoutPort(origin));
        var star = pattern.IndexOf("://*.", StringComparison.Ordinal);
        // A proxy may have put several into one, with commas.
        return star >= 0
            && !origin.Contains(',', StringComparison.Ordinal)
            && origin.Length > pattern.Length - 1
            && origin.StartsWith(pattern[..(star + 3)], StringComparison.OrdinalIgnoreCase)
            && origin.EndsWith(pattern[(star + 4)..], StringComparison.OrdinalIgnoreCase);
    }

    private static string WithoutAnyPort(string pattern) =>
        pattern.EndsWith(AnyPort, StringComparison.Ordinal) ? pattern[..^AnyPort.Length] : pattern;

    // Of an IPv6 address the last colon is within its brackets.
    private static string WithoutPort(string origin)
    {
        var colon = origin.LastIndexOf(':');
        return colon > 0 && colon < origin.Length - 1 && origin.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0
            ? origin[..colon]
            : origin;
    }
}
