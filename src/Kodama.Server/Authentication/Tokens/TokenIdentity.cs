using System.Security.Claims;

namespace Kodama.Server;

/// <summary>Who came in by a token. It stays with a principal whatever other authenticators learn.</summary>
internal sealed class TokenIdentity(PersonToken token)
    : ClaimsIdentity([new Claim(ClaimTypes.Name, token.Name), new Claim("jti", token.Id)], "Kodama token")
{
    public PersonToken Token { get; } = token;

    /// <summary>The token by which somebody came, or null.</summary>
    public static PersonToken? TokenOf(ClaimsPrincipal? principal) => Of(principal)?.Token;

    /// <summary>What was learned last, and the identity of the token that was shown before.</summary>
    public static ClaimsPrincipal? Keep(ClaimsPrincipal? earlier, ClaimsPrincipal? later)
    {
        if (later is null || Of(earlier) is not { } shown || Of(later) == shown) return later ?? earlier;
        return new ClaimsPrincipal([.. later.Identities, shown]);
    }

    private static TokenIdentity? Of(ClaimsPrincipal? principal) => principal?.Identities.OfType<TokenIdentity>().FirstOrDefault();
}
