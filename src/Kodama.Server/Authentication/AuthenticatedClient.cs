using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>A client whom the authenticators have let in, as the hub is told of it.</summary>
internal static class AuthenticatedClient
{
    public static PeerDescription Describe(
        HttpContext context, AuthenticationResult authenticated, IReadOnlyDictionary<string, string> details, string door,
        IMessageEncoder encoder) =>
        new()
        {
            Door = door,
            Encoder = encoder,
            Details = PeerDetails.With(details, authenticated.Details),
            Principal = authenticated.Principal ?? (context.User.Identity is { IsAuthenticated: true } ? context.User : null),
            RemoteAddress = RemoteAddress.Of(context),
        };
}
