using System.Globalization;

namespace Kodama.Ably;

/// <summary>Makes tokens of what is asked for (RSA8, TE1 to TE6).</summary>
internal sealed class TokenRequests(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    // A timestamp may lie as far ahead as behind.
    private static readonly TimeSpan NonceLife = (2 * Window) + TimeSpan.FromSeconds(10);

    private const long DefaultLife = 60 * 60 * 1000;
    private const long MaxLife = 24 * DefaultLife;

    /// <summary>Of signed requests.</summary>
    public Nonces Nonces { get; } = new(time);

    /// <summary>The access for which a token is to be made.</summary>
    /// <param name="key">By which key.</param>
    /// <param name="request">A TokenRequest, or TokenParams of who has shown the key.</param>
    /// <param name="isTrusted">Whether the key itself was shown.</param>
    public (Access? Access, AblyError? Error) Grant(ApiKey key, WireElement request, bool isTrusted)
    {
        if (request["keyName"u8].Text is { } named && named != key.Name)
            return Wrong(40101, 401, "The token request names another key than its address.");
        var mac = request["mac"u8].Text;
        if (mac is null && !isTrusted) return Wrong(40101, 401, "A token request is signed (mac), or comes with its key.");
        var now = time.GetUtcNow();
        if (mac is not null && RefuseSignature(key, request, mac, now) is { } refused) return (null, refused);
        if (!TryReadLife(request["ttl"u8], out var life)) return Wrong(40003, 400, "A token lives for 1 ms to 24 h: give ttl in "
            + "milliseconds.");
        var capability = key.Capability;
        if (request["capability"u8] is { IsNone: false } wanted && wanted.Text != "")
        {
            if (Capability.Read(wanted) is not { } read) return Wrong(40000, 400,
                "The capability is none: {\"channel\":[\"publish\",...]}.");
            if (read.And(capability) is not { } both) return Wrong(40160, 401, "The key may do nothing of what the capability asks for.");
            capability = both;
        }
        var clientId = request["clientId"u8].Text;
        if (clientId is not (null or Access.Anyone) && Access.RefuseClientId(clientId) is { } unfit) return (null, unfit);
        // No mac covers a revocationKey.
        return (new Access(key, capability)
        {
            ClientId = clientId,
            Issued = now.ToUnixTimeMilliseconds(),
            Expires = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds() + life),
            RevocationKey = mac is null && request["revocationKey"u8].Text is { Length: <= Access.MaxClientId } said ? said : null,
        }, null);
    }

    private AblyError? RefuseSignature(ApiKey key, WireElement request, string mac, DateTimeOffset now)
    {
        var capability = request["capability"u8];
        // Signed as the text that it is.
        if (!capability.IsNone && !capability.IsText) return AblyError.BadRequest("The capability of a signed request is a text.");
        // One that signs a clientId for somebody else is not to sign other fields with it.
        string?[] texts = [capability.Text, request["clientId"u8].Text, request["nonce"u8].Text];
        if (Array.Exists(texts, static text => text?.Contains('\n', StringComparison.Ordinal) == true))
            return AblyError.BadRequest("The fields of a signed request have no line breaks.");
        var signed = string.Join('\n', key.Name, Printed(request["ttl"u8]), capability.Text, request["clientId"u8].Text,
            Printed(request["timestamp"u8]), request["nonce"u8].Text) + "\n";
        Span<byte> given = stackalloc byte[32];
        if (!Convert.TryFromBase64String(mac, given, out var length) || !key.IsSignature(given[..length], signed))
            return AblyError.BadCredentials("The mac of the token request is not that of the key.");
        if (NumberOf(request["timestamp"u8]) is not { } stamp
            || Math.Abs((double)stamp - now.ToUnixTimeMilliseconds()) > Window.TotalMilliseconds)
            return new AblyError(40104, 401, "The timestamp of the token request is off by more than 2 min: see to the clock, or ask "
                + "/time.");
        if (request["nonce"u8].Text is not { Length: >= 16 and <= 128 } nonce)
            return new AblyError(40101, 401, "The nonce of a token request has 16 to 128 characters.");
        return Nonces.Take(key.Name, nonce, NonceLife);
    }

    private static bool TryReadLife(WireElement ttl, out long life)
    {
        life = DefaultLife;
        if (ttl.IsNone || ttl.Text is "") return true;
        var said = NumberOf(ttl) ?? -1;
        // Some SDKs say 0 for nothing.
        if (said != 0) life = said;
        return life is > 0 and <= MaxLife;
    }

    // A text, where it has come by way of a query.
    private static long? NumberOf(WireElement number) =>
        number.Integer ?? (long.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : null);

    private static string Printed(WireElement number) =>
        number.Integer?.ToString(CultureInfo.InvariantCulture) ?? number.Text ?? "";

    private static (Access?, AblyError?) Wrong(int code, int status, string message) => (null, new AblyError(code, status, message));
}
