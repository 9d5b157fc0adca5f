using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Decides from the HTTP request who may come in, before a handshake is answered. Requests are authenticated side by
/// side.</summary>
public interface IAuthenticator
{
    /// <summary>Lets the request pass, with what was learned of the client, or refuses it. An exception refuses it with 500 and is
    /// logged.</summary>
    ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken);
}
