using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Lets in who sends a header with one of these values, such as an API key.</summary>
/// <remarks>The comparison takes the same time whatever the guess.</remarks>
/// <param name="name">The header's name.</param>
/// <param name="values">Its values that are let in.</param>
/// <exception cref="ArgumentException">There is no value, or one is empty.</exception>
public sealed class HeaderAuthenticator(string name, params IEnumerable<string> values) : IAuthenticator
{
    private readonly SecretSet known = new(values, nameof(values));

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Request.Headers[name] is not [{ } given])
            return new(AuthenticationResult.Refuse($"The header {name} is required.", 401));
        return new(known.Contains(given) ? AuthenticationResult.Success : AuthenticationResult.Refuse($"The header {name} is wrong."));
    }
}
