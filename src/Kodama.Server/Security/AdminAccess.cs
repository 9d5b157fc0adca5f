using System.Security.Cryptography;
using System.Text;
using Kodama.Server.Security;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Who may do what only whoever runs the hub may: who brings <see cref="KodamaOptions.AdminToken"/>
/// (docs/specs/http.md).</summary>
internal sealed class AdminAccess(KodamaOptions options)
{
    private readonly byte[]? hash = options.AdminToken is { } token ? Hash(token) : null;

    /// <summary>Whether the request brings the token, from a program or a page of the hub's own.</summary>
    public bool IsAdmin(HttpContext context) => hash is not null && Given(context.Request) is { } given && IsToken(given)
        && RequestOrigin.IsOwn(context.Request);

    /// <summary>Why a request may do nothing here; null, if it may.</summary>
    public HttpError? Refuse(HttpContext context)
    {
        if (hash is null)
        {
            return new(
                "NO_ADMIN", "This hub was started without an admin token: give it one (--admin-token, AdminToken).",
                StatusCodes.Status403Forbidden);
        }
        if (Given(context.Request) is not { } given)
        {
            return new(
                "ADMIN_TOKEN_REQUIRED", "The hub's admin token is required: Authorization: Bearer ...", StatusCodes.Status401Unauthorized);
        }
        return IsToken(given) ? null : new("ADMIN_TOKEN_WRONG", "The admin token is wrong.", StatusCodes.Status403Forbidden);
    }

    // The comparison takes the same time whatever the guess.
    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(Hash(given), hash);

    private static string? Given(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        return request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
