using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Lets in who knows the hub's token, where it has one, or has one of his own.</summary>
internal sealed class EitherToken(string? hubToken, PersonTokens persons) : IAuthenticator
{
    private readonly SecretSet? known = hubToken is null ? null : new SecretSet([hubToken], nameof(hubToken));

    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (TokenAuthenticator.Given(context.Request) is not { } given) return new(TokenAuthenticator.Missing);
        if (known?.Contains(given) == true) return new(AuthenticationResult.Success);
        var (token, refusal) = persons.Check(context, given);
        return new(token is null ? AuthenticationResult.Refuse(refusal) : Of(token));
    }

    /// <summary>Who came by this token.</summary>
    public static AuthenticationResult Of(PersonToken token) => AuthenticationResult.Accept(
        new ClaimsPrincipal(new TokenIdentity(token)), new Dictionary<string, string> { ["name"] = token.Name });
}
