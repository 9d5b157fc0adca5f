using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kodama.Ably;

/// <summary>Who asks: reads keys and tokens out of requests, and looks whether they count (docs/specs/ably.md, A3 to A6).</summary>
internal sealed class Credentials(AppTable apps, TimeProvider time)
{
    /// <summary>Longest key or token, in characters.</summary>
    public const int MaxSize = 8 * 1024;

    /// <summary>What a request shows.</summary>
    public (Access? Access, AblyError? Error) Read(HttpRequest request)
    {
        var query = request.Query;
        string? key = query["key"], token = query["access_token"].FirstOrDefault() ?? query["accessToken"];
        if (request.Headers.Authorization is [{ } header])
        {
            var space = header.IndexOf(' ', StringComparison.Ordinal);
            var (scheme, value) = space > 0 ? (header[..space], header[(space + 1)..].Trim()) : (header, "");
            if (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) key ??= FromBase64(value);
            else if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) token ??= FromBase64(value) is { } said && IsToken(said)
                ? said : value;
        }
        if (key is not null && token is not null) return (null, AblyError.BadCredentials("A key or a token is shown, not both."));
        if (key is null && token is null)
            return (null, new AblyError(40106, 401, "No key and no token was shown: give key=, access_token= or Authorization."));
        var (access, error) = key is not null ? ReadKey(key) : ReadToken(token!);
        if (access is null || request.Headers["X-Ably-ClientId"] is not [{ } clientId]) return (access, error);
        return access.As(FromBase64(clientId) ?? "");
    }

    /// <summary>A key: <c>APP.KEY:SECRET</c>.</summary>
    public (Access? Access, AblyError? Error) ReadKey(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (text.Length > MaxSize || colon < 0 || apps.FindKey(text[..colon]) is not { } key || !key.IsSecret(text[(colon + 1)..]))
            return (null, AblyError.BadCredentials("The key is none of this hub: APP.KEY:SECRET."));
        return (key.Access, null);
    }

    /// <summary>A token, of the hub or a JWT, that counts now.</summary>
    public (Access? Access, AblyError? Error) ReadToken(string text)
    {
        // With none of the codes at which clients ask for another such token.
        if (text.Length > MaxSize) return (null, AblyError.BadCredentials($"A token has at most {MaxSize} characters."));
        var (access, error) = text.StartsWith("ey", StringComparison.Ordinal) && apps.Find(text.Split('.')[0]) is null
            ? Jwt.Read(text, apps, time.GetUtcNow())
            : TokenCodec.Read(text, apps);
        return access is null ? (null, error) : Check(access) is { } over ? (null, over) : (access, null);
    }

    /// <summary>Why it counts no more; null, while it does.</summary>
    public AblyError? Check(Access access)
    {
        if (apps.FindKey(access.Key.Name) != access.Key) return new AblyError(40101, 401, "The key is not there any more.");
        if (access.Expires <= time.GetUtcNow()) return new AblyError(40142, 401, "The token has expired: get another.");
        return access.App.Revocations.Has(access) ? new AblyError(40141, 401, "The token was revoked: get another.") : null;
    }

    private static bool IsToken(string text) => text.Contains('.', StringComparison.Ordinal) && !text.Contains('\uFFFD',
        StringComparison.Ordinal);

    private static string? FromBase64(string text)
    {
        if (text.Length > 2 * MaxSize) return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
