using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Lets in who knows a token: <c>?token=</c>, as browsers and <c>local_websocket</c> send it, or <c>Authorization:
/// Bearer</c>.</summary>
/// <remarks>The comparison takes the same time whatever the guess (both sides are hashed first).</remarks>
public sealed class TokenAuthenticator : IAuthenticator
{
    /// <summary>The query parameter; never one of a peer's details.</summary>
    public const string Parameter = "token";

    private readonly SecretSet tokens;

    /// <summary>Asks for one of these tokens.</summary>
    /// <exception cref="ArgumentException">There is none, or one is empty.</exception>
    public TokenAuthenticator(params IEnumerable<string> tokens) => this.tokens = new SecretSet(tokens, nameof(tokens));

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (Given(context.Request) is not { } given) return new(Missing);
        return new(tokens.Contains(given) ? AuthenticationResult.Success : AuthenticationResult.Refuse("The token is wrong."));
    }

    /// <summary>Who has brought none is told how.</summary>
    internal static AuthenticationResult Missing { get; } =
        AuthenticationResult.Refuse("A token is required: ?token=... or Authorization: Bearer ...", 401);

    internal static string? Given(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        if (request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return header[Scheme.Length..].Trim();
        return request.Query[Parameter] is [.., { } token] ? token : null;
    }
}
