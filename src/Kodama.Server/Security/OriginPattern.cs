namespace Kodama.Server.Security;

/// <summary>An entry of <see cref="KodamaOptions.AllowedOrigins"/>: <c>*</c>, <c>https://app.example:8443</c> or
/// <c>https://*.example</c>.</summary>
internal static class OriginPattern
{
    public static void ThrowIfInvalid(string pattern)
    {
        if (pattern is "*" or "null") return;
        if (Uri.TryCreate(pattern.Replace("://*.", "://", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            && uri.AbsolutePath == "/" && !pattern.EndsWith('/'))
        {
            return;
        }
        throw new ArgumentException($"\"{pattern}\" is not an origin: "
            + "write scheme, host and, if it is not the scheme's own, port, such as https://app.example or http://localhost:3000.");
    }

    public static bool Matches(string pattern, string origin)
    {
        if (pattern == "*" || string.Equals(pattern, origin, StringComparison.OrdinalIgnoreCase)) return true;
        var star = pattern.IndexOf("://*.", StringComparison.Ordinal);
        // A proxy may have put several into one, with commas.
        return star >= 0
            && !origin.Contains(',', StringComparison.Ordinal)
            && origin.Length > pattern.Length - 1
            && origin.StartsWith(pattern[..(star + 3)], StringComparison.OrdinalIgnoreCase)
            && origin.EndsWith(pattern[(star + 4)..], StringComparison.OrdinalIgnoreCase);
    }
}
