using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Discovery;

/// <summary>By what a hub is known whose certificates change: the authority that has signed them (docs/specs/https.md).</summary>
public static class HubCertificate
{
    /// <summary>
    /// The extension in which a hub's certificate carries that of its authority, in DER: those who pin it need it, and a server does not
    /// send the root of its chain. By UUID (ITU-T X.667), as nobody has to assign that.
    /// </summary>
    public const string AuthorityOid = "2.25.210820301312007594048420692167198482033";

    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    private const string BasicConstraints = "2.5.29.19";
    private const int MaxAuthority = 4096;

    /// <summary>SHA-256, in lower-case hexadecimal, of the authority that the certificate carries and that has signed it; else of the
    /// certificate itself. Names and dates are not looked at.</summary>
    public static string Fingerprint(X509Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var bytes = certificate.GetRawCertData();
        return Hash(FindAuthority(bytes) ?? bytes);
    }

    /// <summary>The authority that the certificate carries and that has signed it, in DER; null for none.</summary>
    public static byte[]? FindAuthority(byte[] certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            var shown = Parts.Read(certificate);
            if (shown.Extension(AuthorityOid) is not { Length: <= MaxAuthority } carried) return null;
            var authority = Parts.Read(carried);
            return IsAuthority(authority) && IsSignedBy(authority, authority) && IsSignedBy(shown, authority)
                && shown.Issuer.Span.SequenceEqual(authority.Subject.Span)
                ? carried
                : null;
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException or ArgumentException)
        {
            // What a stranger shows is whatever it likes.
            return null;
        }
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static bool IsAuthority(Parts parts)
    {
        if (parts.Extension(BasicConstraints) is not { } constraints) return false;
        var fields = new AsnReader(constraints, AsnEncodingRules.DER).ReadSequence();
        return fields.HasData && fields.PeekTag() == Asn1Tag.Boolean && fields.ReadBoolean();
    }

    private static bool IsSignedBy(Parts parts, Parts authority)
    {
        if (parts.Algorithm != EcdsaWithSha256) return false;
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(authority.PublicKey.Span, out _);
        return key.VerifyData(parts.Signed.Span, parts.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>A certificate's parts (RFC 5280 section 4.1).</summary>
    private sealed record Parts(
        ReadOnlyMemory<byte> Signed, ReadOnlyMemory<byte> Issuer, ReadOnlyMemory<byte> Subject, ReadOnlyMemory<byte> PublicKey,
        string Algorithm, byte[] Signature, IReadOnlyDictionary<string, byte[]> Extensions)
    {
        private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0);
        private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3);

        public byte[]? Extension(string oid) => Extensions.GetValueOrDefault(oid);

        public static Parts Read(byte[] bytes)
        {
            var whole = new AsnReader(bytes, AsnEncodingRules.DER);
            var certificate = whole.ReadSequence();
            whole.ThrowIfNotEmpty();
            var signed = certificate.PeekEncodedValue();
            var fields = certificate.ReadSequence();
            var algorithm = certificate.ReadSequence().ReadObjectIdentifier();
            var signature = certificate.ReadBitString(out _);
            if (fields.PeekTag().HasSameClassAndValue(Version)) fields.ReadEncodedValue();
            fields.ReadInteger();
            fields.ReadSequence();
            var issuer = fields.ReadEncodedValue();
            fields.ReadSequence();
            var subject = fields.ReadEncodedValue();
            var publicKey = fields.ReadEncodedValue();
            var extensions = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            while (fields.HasData)
            {
                if (!fields.PeekTag().HasSameClassAndValue(ExtensionsTag))
                {
                    fields.ReadEncodedValue();
                    continue;
                }
                var list = fields.ReadSequence(ExtensionsTag).ReadSequence();
                while (list.HasData)
                {
                    var extension = list.ReadSequence();
                    var oid = extension.ReadObjectIdentifier();
                    if (extension.PeekTag() == Asn1Tag.Boolean) extension.ReadBoolean();
                    if (!extensions.TryAdd(oid, extension.ReadOctetString())) throw new AsnContentException("An extension is there twice.");
                }
            }
            return new Parts(signed, issuer, subject, publicKey, algorithm, signature, extensions);
        }
    }
}
