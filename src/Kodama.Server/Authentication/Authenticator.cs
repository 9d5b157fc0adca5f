using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Authenticators from lambdas and from other authenticators.</summary>
public static class Authenticator
{
    /// <summary>From a function.</summary>
    public static IAuthenticator Create(Func<HttpContext, CancellationToken, ValueTask<AuthenticationResult>> authenticate) =>
        new Lambda(authenticate);

    /// <summary>From a function that needs no waiting.</summary>
    public static IAuthenticator Create(Func<HttpContext, AuthenticationResult> authenticate) =>
        new Lambda((context, _) => new(authenticate(context)));

    /// <summary>Lets in whom all let in, asked in order; the first refusal decides. What they learned is put together, the later ones
    /// counting more.</summary>
    public static IAuthenticator AllOf(params IEnumerable<IAuthenticator> authenticators)
    {
        IAuthenticator[] all = [.. authenticators];
        return all is [var single] ? single : Create((context, cancellationToken) => AllAsync(all, context, cancellationToken));
    }

    /// <summary>Lets in whom one lets in, asked in order. Where none does, the last refusal is told.</summary>
    public static IAuthenticator AnyOf(params IEnumerable<IAuthenticator> authenticators)
    {
        IAuthenticator[] all = [.. authenticators];
        if (all.Length == 0) throw new ArgumentException("AnyOf needs at least one authenticator.", nameof(authenticators));
        return Create((context, cancellationToken) => AnyAsync(all, context, cancellationToken));
    }

    private static async ValueTask<AuthenticationResult> AllAsync(
        IAuthenticator[] all, HttpContext context, CancellationToken cancellationToken)
    {
        var learned = AuthenticationResult.Success;
        foreach (var authenticator in all)
        {
            var result = await authenticator.AuthenticateAsync(context, cancellationToken);
            if (!result.IsSuccess) return result;
            learned = learned.And(result);
        }
        return learned;
    }

    private static async ValueTask<AuthenticationResult> AnyAsync(
        IAuthenticator[] all, HttpContext context, CancellationToken cancellationToken)
    {
        AuthenticationResult result;
        var next = 0;
        do
        {
            result = await all[next].AuthenticateAsync(context, cancellationToken);
        }
        while (!result.IsSuccess && ++next < all.Length);
        return result;
    }

    private sealed class Lambda(Func<HttpContext, CancellationToken, ValueTask<AuthenticationResult>> authenticate) : IAuthenticator
    {
        public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken) =>
            authenticate(context, cancellationToken);
    }
}
