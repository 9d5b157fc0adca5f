using System.Buffers.Text;
using System.Text;

namespace Kodama.Ably;

/// <summary>
/// The hub's own tokens: whatever it is to know of one stands in it, signed by its key's secret.
/// <code>APP.BODY.MAC      BODY = base64url of JSON      MAC = base64url of HMAC-SHA256 over "kodama token\n" APP.BODY</code>
/// </summary>
internal static class TokenCodec
{
    // Before what is signed: no TokenRequest and no JWT begins so.
    private const string Domain = "kodama token\n";

    public static string Write(Access access)
    {
        using var writer = WireWriter.Rent(WireFormat.Json);
        writer.StartMap().Name("k"u8).Text(access.Key.Name).Name("s"u8).Number(access.Issued!.Value);
        writer.Name("e"u8).Number(access.Expires!.Value.ToUnixTimeMilliseconds()).Name("c"u8).Json(Encoding.UTF8.GetBytes(
            access.Capability.Text));
        if (access.ClientId is { } clientId) writer.Name("i"u8).Text(clientId);
        if (access.RevocationKey is { } revocationKey) writer.Name("r"u8).Text(revocationKey);
        var body = $"{access.App.Id}.{Base64Url.EncodeToString(writer.End().Written)}";
        return $"{body}.{Base64Url.EncodeToString(access.Key.Sign(Domain + body))}";
    }

    public static (Access? Access, AblyError? Error) Read(string token, AppTable apps)
    {
        var unknown = (default(Access), new AblyError(40143, 401, "The hub does not know this token: ask for another."));
        if (token.Split('.') is not [_, var encoded, var mac]) return unknown;
        if (Decode(encoded) is not { } json || WireDocument.Read(json, WireFormat.Json)?.Root is not { } body) return unknown;
        if (body["k"u8].Text is not { } name || apps.FindKey(name) is not { } key || !token.StartsWith($"{key.App.Id}.",
            StringComparison.Ordinal))
            return unknown;
        if (Decode(mac) is not { } signature || !key.IsSignature(signature, Domain + token[..^(mac.Length + 1)])) return unknown;
        // From here on it is the hub's own word; the key may do less than it did.
        if (Capability.Read(body["c"u8])?.And(key.Capability) is not { } capability) return unknown;
        return (new Access(key, capability)
        {
            ClientId = body["i"u8].Text,
            Issued = body["s"u8].Integer,
            Expires = DateTimeOffset.FromUnixTimeMilliseconds(body["e"u8].Integer ?? 0),
            RevocationKey = body["r"u8].Text,
        }, null);
    }

    /// <summary>Base64url without padding; null, for what is none.</summary>
    public static byte[]? Decode(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
