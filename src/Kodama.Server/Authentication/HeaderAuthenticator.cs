using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Lets in who sends a header with this value, such as an API key.</summary>
public sealed class HeaderAuthenticator(string name, string value) : IAuthenticator
{
    private readonly byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(value));

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Request.Headers[name] is not [{ } given])
            return new(AuthenticationResult.Refuse($"The header {name} is required.", 401));
        var same = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), hash);
        return new(same ? AuthenticationResult.Success : AuthenticationResult.Refuse($"The header {name} is wrong."));
    }
}
