using System.Security.Claims;

namespace Kodama.Server;

/// <summary>A client's session: the one that it had, if it knows its secret, or a new one.</summary>
internal readonly record struct V1Session(string Id, string Secret, bool IsResumed)
{
    public static V1Session Of(Hub hub, V1Request hello, ClaimsPrincipal? principal)
    {
        var name = principal?.Identity?.Name;
        if (hello is { SessionId: { } id, SessionSecret: { } secret } && hub.Sessions.IsSecretOf(id, secret, name))
            return new V1Session(id, secret, IsResumed: true);
        var (newId, newSecret) = hub.Sessions.New(name);
        return new V1Session(newId, newSecret, IsResumed: false);
    }

    /// <summary>The client with this session.</summary>
    public PeerDescription Describe(PeerDescription client) => new()
    {
        Door = client.Door,
        Encoder = client.Encoder,
        Details = client.Details,
        Principal = client.Principal,
        RemoteAddress = client.RemoteAddress,
        Session = Id,
        IsResuming = IsResumed,
    };
}
