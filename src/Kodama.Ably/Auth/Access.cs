namespace Kodama.Ably;

/// <summary>What a client has proved: by which key, as whom, what it may do and for how long.</summary>
/// <param name="Key">Its key, or that of its token.</param>
/// <param name="Capability">What it may do.</param>
internal sealed record Access(ApiKey Key, Capability Capability)
{
    /// <summary>In place of a clientId: anyone's.</summary>
    public const string Anyone = "*";

    /// <summary>Longest clientId, in characters.</summary>
    public const int MaxClientId = 255;

    /// <summary>As whom it speaks; <see cref="Anyone"/> for whoever each message says; null for nobody.</summary>
    public string? ClientId { get; init; }

    /// <summary>When its token was made, in milliseconds; null for a key.</summary>
    public long? Issued { get; init; }

    /// <summary>When its token ends; null for a key.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>By what a group of tokens can be revoked; null for nothing.</summary>
    public string? RevocationKey { get; init; }

    public App App => Key.App;

    public bool IsToken => Issued is not null;

    /// <summary>The clientId that others see; null, where it has none of its own.</summary>
    public string? Name => ClientId == Anyone ? null : ClientId;

    /// <summary>Whether it may speak as this client.</summary>
    public bool MayBe(string clientId) => ClientId == Anyone || ClientId == clientId;

    /// <summary>Whether it may do one of these on a channel.</summary>
    public bool Allows(Operations any, string channel) => (Capability.On(channel) & any) != 0;

    /// <summary>Why it may not do this; null, if it may.</summary>
    public AblyError? Refuse(Operations operation, string channel, string name) =>
        Allows(operation, channel) ? null : AblyError.NotAllowed(name, channel);

    /// <summary>The same as this client; or why it cannot be.</summary>
    public (Access? Access, AblyError? Error) As(string? clientId)
    {
        if (clientId is null) return (this, null);
        if (RefuseClientId(clientId) is { } wrong) return (null, wrong);
        // A key speaks as whom it says, and then as nobody else.
        if (ClientId == Anyone || ClientId == clientId) return (this with { ClientId = clientId }, null);
        return (null, new AblyError(40102, 401, "The clientId is not that of the token: ask for a token with this clientId."));
    }

    /// <summary>Why nobody can be called so; null, if somebody can.</summary>
    public static AblyError? RefuseClientId(string clientId)
    {
        if (clientId == Anyone) return new AblyError(40012, 400, "The clientId * is nobody's: it stands for anyone, in tokens.");
        return clientId.Length is > 0 and <= MaxClientId
            ? null
            : new AblyError(40012, 400, $"A clientId takes 1 to {MaxClientId} characters.");
    }
}
