using System.Security.Cryptography;
using System.Text;
using Kodama.Server.Security;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Who may do what only whoever runs the hub may: who brings <see cref="KodamaOptions.AdminToken"/>, or a token of his own that
/// says so (docs/specs/http.md, docs/specs/tokens.md).</summary>
internal sealed class AdminAccess(KodamaOptions options, PersonTokens tokens)
{
    private readonly byte[]? hash = options.AdminToken is { } token ? Hash(token) : null;

    /// <summary>Whether the request brings the token, from a program or a page of the hub's own.</summary>
    public bool IsAdmin(HttpContext context) => Find(context) is not null;

    /// <summary>Who does, or null.</summary>
    public AuthenticationResult? Find(HttpContext context) =>
        Given(context.Request) is { } given && Know(context, given) is { } known && RequestOrigin.IsOwn(context.Request) ? known : null;

    /// <summary>Why a request may do nothing here; null, if it may.</summary>
    public HttpError? Refuse(HttpContext context)
    {
        if (hash is null && !tokens.AreTaken)
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
        return Know(context, given) is null
            ? new("ADMIN_TOKEN_WRONG", "The admin token is wrong.", StatusCodes.Status403Forbidden)
            : null;
    }

    // The comparison takes the same time whatever the guess.
    private AuthenticationResult? Know(HttpContext context, string given)
    {
        if (hash is not null && CryptographicOperations.FixedTimeEquals(Hash(given), hash)) return AuthenticationResult.Success;
        return tokens.Check(context, given).Token is { Can: TokenRights.Admin } token ? EitherToken.Of(token) : null;
    }

    private static string? Given(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        return request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
