using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>Signs tokens and knows them again (RFC 7515, compact, HS256). The key is its text, as JWT libraries take it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TokenSignature(string key)
{
    /// <summary>Characters of a token that are looked at.</summary>
    public const int LongestToken = 4096;

    private const int KeyBytes = 32;

    // {"alg":"HS256","typ":"JWT"}
    private const string Header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

    private readonly byte[] key = Encoding.ASCII.GetBytes(key);

    /// <summary>A key that cannot be guessed.</summary>
    public static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Whether a text can be a key of <see cref="NewKey"/>'s.</summary>
    public static bool IsKey(string text) => Base64Url.IsValid(text, out var bytes) && bytes == KeyBytes;

    /// <summary>The token that says this.</summary>
    public string Sign(PersonToken token)
    {
        var signed = $"{Header}.{Base64Url.EncodeToString(TokenClaims.Write(token).Span)}";
        return $"{signed}.{Base64Url.EncodeToString(Mac(signed))}";
    }

    /// <summary>What a token says; null, where it is not signed with the key, or says nothing that can be used (<paramref
    /// name="wrong"/>).</summary>
    public PersonToken? Read(string token, out string? wrong)
    {
        wrong = null;
        if (token.Length > LongestToken || token.AsSpan().Count('.') != 2) return null;
        var (header, claims, mac) = (token.IndexOf('.', StringComparison.Ordinal), default(byte[]), token.LastIndexOf('.'));
        if (Decode(token.AsSpan(mac + 1)) is not { } given) return null;
        // Before anything that it says of itself is read.
        if (!CryptographicOperations.FixedTimeEquals(given, Mac(token[..mac]))) return null;
        if (Decode(token.AsSpan(0, header)) is not { } head || !IsOurs(head)) wrong = "its alg must be HS256, without crit";
        else if ((claims = Decode(token.AsSpan(header + 1, mac - header - 1))) is null) wrong = "its claims are not base64url";
        return wrong is null ? TokenClaims.Read(claims, out wrong) : null;
    }

    private byte[] Mac(string signed) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed));

    private static bool IsOurs(byte[] header)
    {
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && !root.TryGetProperty("crit", out _)
                && root.TryGetProperty("alg", out var alg) && alg.ValueKind == JsonValueKind.String && alg.ValueEquals("HS256"u8);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[]? Decode(ReadOnlySpan<char> text)
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
