using System.Security.Claims;

namespace Kodama.Server;

/// <summary>What an authenticator answers.</summary>
public sealed class AuthenticationResult
{
    private AuthenticationResult()
    {
    }

    /// <summary>The client may come in; nothing was learned of it.</summary>
    public static AuthenticationResult Success { get; } = new() { IsSuccess = true };

    /// <summary>Whether the client may come in.</summary>
    public bool IsSuccess { get; private init; }

    /// <summary>Who it is, if that was learned.</summary>
    public ClaimsPrincipal? Principal { get; private init; }

    /// <summary>Details that count more than what the client says of itself.</summary>
    public IReadOnlyDictionary<string, string>? Details { get; private init; }

    /// <summary>What a refused client is told.</summary>
    public string Reason { get; private init; } = "";

    /// <summary>The status of a refusal.</summary>
    public int StatusCode { get; private init; }

    /// <summary>The client may come in, and is known.</summary>
    public static AuthenticationResult Accept(ClaimsPrincipal? principal = null, IReadOnlyDictionary<string, string>? details = null) =>
        new() { IsSuccess = true, Principal = principal, Details = details };

    /// <summary>What two that let the client in have learned together; the later counts more.</summary>
    internal AuthenticationResult And(AuthenticationResult later)
    {
        if (later == Success) return this;
        return Accept(
            TokenIdentity.Keep(Principal, later.Principal),
            Details is null || later.Details is null ? later.Details ?? Details : PeerDetails.With(Details, later.Details));
    }

    /// <summary>The client may not come in.</summary>
    /// <param name="reason">What it is told.</param>
    /// <param name="statusCode">401 where credentials would help, else 403.</param>
    public static AuthenticationResult Refuse(string reason, int statusCode = 403)
    {
        if (statusCode is < 400 or > 599)
            throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "A refusal has a status from 400 to 599.");
        return new() { Reason = reason, StatusCode = statusCode };
    }
}
