using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kodama.Discovery;

namespace Kodama.Client.Connecting;

/// <summary>This certificate, or those of this authority, and no other, for whatever name, until whenever.</summary>
internal sealed class CertificatePin(string expected)
{
    /// <summary>What was shown instead; null until then.</summary>
    public string? Mismatch { get; private set; }

    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var actual = certificate is null ? "" : HubCertificate.Fingerprint(certificate);
        if (actual == expected || certificate?.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant() == expected) return true;
        Mismatch = actual;
        return false;
    }

    /// <exception cref="ArgumentException">It is no SHA-256.</exception>
    public static string Normalize(string fingerprint)
    {
        var digits = string.Concat(fingerprint.Where(c => c is not (':' or ' '))).ToLowerInvariant();
        return digits.Length == 2 * SHA256.HashSizeInBytes && digits.All(char.IsAsciiHexDigitLower)
            ? digits
            : throw new ArgumentException($"\"{fingerprint}\" is no SHA-256 fingerprint: it takes 64 hexadecimal digits.");
    }
}
