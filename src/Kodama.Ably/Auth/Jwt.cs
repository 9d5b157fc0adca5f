namespace Kodama.Ably;

/// <summary>JSON Web Tokens by a key's secret (RFC 7519, HS256; docs/specs/ably.md, A6).</summary>
internal static class Jwt
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxLife = TimeSpan.FromHours(24);

    public static (Access? Access, AblyError? Error) Read(string token, AppTable apps, DateTimeOffset now)
    {
        if (token.Split('.') is not [var header, var claims, var mac]) return Invalid("it is not three parts");
        if (ReadPart(header) is not { } head || ReadPart(claims) is not { } body) return Invalid("a part of it is no JSON");
        // Before anything else: what is said of itself by who asks decides nothing but the key.
        if (head["alg"u8].Text != "HS256") return Invalid("its alg is not HS256");
        if (head["kid"u8].Text is not { } name) return Invalid("it has no kid");
        if (apps.FindKey(name) is not { } key)
        {
            return (null, apps.Find(name.Split('.')[0]) is null
                ? AblyError.NotFound("The kid of the JWT is of no app here.")
                : AblyError.BadCredentials("The kid of the JWT is the name of no key here."));
        }
        if (TokenCodec.Decode(mac) is not { } signature || !key.IsSignature(signature, $"{header}.{claims}"))
            return (null, AblyError.BadCredentials("The JWT is not signed by the key that it names."));
        if (TimeOf(body["iat"u8]) is not { } issued || TimeOf(body["exp"u8]) is not { } expires) return Invalid("it needs iat and exp");
        if (expires - issued > MaxLife || expires < issued) return Invalid("it is for more than 24 h");
        if (issued > now + Skew) return Invalid("it is of a time to come");
        var capability = key.Capability;
        if (body["x-ably-capability"u8] is { IsNone: false } wanted)
        {
            if (Capability.Read(wanted) is not { } read) return Invalid("its x-ably-capability is none");
            if (read.And(capability) is not { } both)
                return (null, new AblyError(40160, 401, "The JWT asks for nothing that its key may do."));
            capability = both;
        }
        var clientId = body["x-ably-clientId"u8].Text;
        if (clientId is not (null or Access.Anyone) && Access.RefuseClientId(clientId) is { } wrong) return (null, wrong);
        return (new Access(key, capability)
        {
            ClientId = clientId,
            Issued = issued.ToUnixTimeMilliseconds(),
            Expires = expires,
            RevocationKey = body["x-ably-revocation-key"u8].Text,
        }, null);
    }

    private static WireElement? ReadPart(string part) =>
        TokenCodec.Decode(part) is { } json && WireDocument.Read(json, WireFormat.Json) is { Root: { IsMap: true } root } ? root : null;

    private static DateTimeOffset? TimeOf(WireElement seconds) =>
        seconds.Kind is WireKind.Integer or WireKind.Float && seconds.Float is >= 0 and < 253_402_300_800
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds.Float)
            : null;

    private static (Access?, AblyError?) Invalid(string why) => (null, new AblyError(40144, 401, $"The JWT cannot be used: {why}."));
}
