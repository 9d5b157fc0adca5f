using System.Security.Cryptography;
using System.Text;

namespace Kodama.Server;

/// <summary>Secrets of which one is to be known. A guess is compared with all, hashed, in the same time whatever it is.</summary>
internal sealed class SecretSet
{
    private readonly byte[][] hashes;

    public SecretSet(IEnumerable<string> secrets, string parameter)
    {
        hashes = [.. secrets.Select(secret => string.IsNullOrEmpty(secret) ? throw Empty(parameter) : Hash(secret))];
        if (hashes.Length == 0) throw Empty(parameter);
    }

    public bool Contains(string guess)
    {
        var hash = Hash(guess);
        var isKnown = false;
        foreach (var known in hashes) isKnown |= CryptographicOperations.FixedTimeEquals(hash, known);
        return isKnown;
    }

    private static ArgumentException Empty(string parameter) => new("At least one is needed, and none may be empty.", parameter);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
