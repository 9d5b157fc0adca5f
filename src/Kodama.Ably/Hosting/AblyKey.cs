using System.Security.Cryptography;

namespace Kodama.Ably;

/// <summary>A key by which clients come in (docs/specs/ably.md, A1).</summary>
public sealed class AblyKey
{
    private const int MaxPart = 64;

    /// <summary><c>APP.KEY:SECRET</c>: app and key of letters, digits, <c>_</c> and <c>-</c>, up to 64 each; the secret 8 to 128 characters
    /// of printable ASCII without spaces and colons.</summary>
    public string Key { get; set; } = "";

    /// <summary>What it may do, as JSON: <c>{"chat:*":["subscribe"]}</c>. Null: everything.</summary>
    public string? Capability { get; set; }

    /// <summary>Whether tokens by it can be revoked (RSA17). Default false.</summary>
    public bool RevocableTokens { get; set; }

    internal string App => Key[..Key.IndexOf('.', StringComparison.Ordinal)];

    internal string Name => Key[..Key.IndexOf(':', StringComparison.Ordinal)];

    internal string Secret => Key[(Key.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>A new key that cannot be guessed.</summary>
    public static AblyKey Create() => new()
    {
        Key = $"{RandomNumberGenerator.GetHexString(6, lowercase: true)}.{RandomNumberGenerator.GetHexString(6, lowercase: true)}"
            + $":{RandomNumberGenerator.GetHexString(40, lowercase: true)}",
    };

    /// <summary>A key from <c>APP.KEY:SECRET</c>, or <c>APP.KEY:SECRET:CAPABILITY</c>.</summary>
    /// <exception cref="FormatException">It has not this form.</exception>
    public static AblyKey Parse(string text)
    {
        var parts = text.Split(':', 3);
        var key = new AblyKey { Key = string.Join(':', parts.Take(2)), Capability = parts.Length > 2 ? parts[2] : null };
        try
        {
            key.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
        return key;
    }

    internal Capability ReadCapability() =>
        string.IsNullOrEmpty(Capability) ? Kodama.Ably.Capability.All : Kodama.Ably.Capability.Parse(Capability)!;

    internal void Validate()
    {
        var (point, colon) = (Key.IndexOf('.', StringComparison.Ordinal), Key.IndexOf(':', StringComparison.Ordinal));
        // The secret itself is not for a log.
        if (colon < 0 || point < 1 || point > colon || !IsName(Key[..point]) || !IsName(Key[(point + 1)..colon]))
            throw new ArgumentException($"A key of Ably's is APP.KEY:SECRET, such as garden.key1:maple-maple; names take 1 to {MaxPart} of "
                + "A-Z a-z 0-9 _ -.");
        if (Secret.Length is < 8 or > 128 || Secret.Any(static c => c is <= ' ' or > '~' or ':'))
            throw new ArgumentException(
                $"The secret of key {Name} takes 8 to 128 characters of printable ASCII without spaces and colons.");
        if (!string.IsNullOrEmpty(Capability) && Kodama.Ably.Capability.Parse(Capability) is null)
            throw new ArgumentException($"The capability of key {Name} is none: it is JSON such as {{\"chat:*\":[\"subscribe\"]}}.");
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxPart && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
