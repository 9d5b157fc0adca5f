using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kodama;

/// <summary>Gives sessions their secrets, and tells them again: nothing is kept of a session for it (docs/specs/log.md,
/// Sessions).</summary>
/// <param name="key">32 random bytes; who knows them can be any session.</param>
public sealed class SessionKeys(ReadOnlyMemory<byte> key)
{
    private const int Bytes = 16;

    /// <summary>A session of its own, for who brings none.</summary>
    public (string Id, string Secret) New(string? principal = null)
    {
        Span<byte> random = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(random);
        var id = Base64Url.EncodeToString(random);
        return (id, SecretOf(id, principal));
    }

    /// <summary>Whether the secret is that of the session, for this principal. Takes the same time for every wrong one.</summary>
    public bool IsSecretOf(string id, string secret, string? principal = null) =>
        id.Length <= 2 * Bytes
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(SecretOf(id, principal)), Encoding.UTF8.GetBytes(secret));

    /// <summary>The secret of a session, for this principal: for who has proved to be in it.</summary>
    public string SecretOf(string id, string? principal)
    {
        // The principal last: an id holds no line feed.
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Span, Encoding.UTF8.GetBytes($"{id}\n{principal}"), hash);
        return Base64Url.EncodeToString(hash[..Bytes]);
    }
}
