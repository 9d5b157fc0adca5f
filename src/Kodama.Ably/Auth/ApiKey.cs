using System.Security.Cryptography;
using System.Text;

namespace Kodama.Ably;

/// <summary>A key as the door uses it: what it signs and may do.</summary>
internal sealed class ApiKey(App app, string name, string secret, Capability capability, bool isRevocable)
{
    private readonly byte[] secret = Encoding.ASCII.GetBytes(secret);

    public App App => app;

    /// <summary>What whoever shows it may do: one object for all.</summary>
    public Access Access => field ??= new Access(this, capability) { ClientId = Access.Anyone };

    /// <summary><c>APP.KEY</c>.</summary>
    public string Name => name;

    public Capability Capability => capability;

    /// <summary>Whether tokens by it can be revoked.</summary>
    public bool IsRevocable => isRevocable;

    /// <summary>Compared in constant time.</summary>
    public bool IsSecret(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), secret);

    /// <summary>HMAC-SHA256 by its secret.</summary>
    public byte[] Sign(string text) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text));

    /// <summary>Compared in constant time.</summary>
    public bool IsSignature(ReadOnlySpan<byte> given, string text) => CryptographicOperations.FixedTimeEquals(given, Sign(text));
}
