using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kodama.Discovery;

namespace Kodama.Server;

/// <summary>
/// A hub's own certificate authority (docs/specs/https.md): made once and kept in a folder; it can vouch for local names and private
/// addresses only. Whoever trusts it trusts the certificates of this hub. Its methods may be called by several threads.
/// </summary>
public sealed class HubAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    // Clocks of devices that were off for long are behind.
    private static readonly TimeSpan Backdated = TimeSpan.FromDays(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(10 * 365);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(90);

    private readonly X509Certificate2 certificate;

    private HubAuthority(X509Certificate2 certificate, string folder)
    {
        this.certificate = certificate;
        Folder = folder;
        Name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
    }

    /// <summary>Where it is kept.</summary>
    public string Folder { get; }

    /// <summary>What devices show it as: <c>Kodama Lounge 1F2E3D4C</c>.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of its certificate in lower-case hexadecimal: the fingerprint of the hub.</summary>
    public string Fingerprint { get; }

    /// <summary>Until when it is valid.</summary>
    public DateTimeOffset NotAfter => certificate.NotAfter;

    /// <summary>Its certificate in DER, without its key.</summary>
    public ReadOnlyMemory<byte> Certificate => certificate.RawDataMemory;

    /// <summary>The authority of this folder, or a new one that is kept there.</summary>
    /// <param name="folder">Made, readable by its owner only, where it does not exist.</param>
    /// <param name="hubName">What a new one is called after.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InvalidDataException">What is there is damaged, has expired, or its key can be read by others.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be used.</exception>
    public static HubAuthority Open(string folder, string hubName, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        folder = Path.GetFullPath(folder);
        var files = new AuthorityFiles(folder);
        var certificate = files.Read();
        if (certificate is null) files.Write(certificate = Make(hubName, time.GetUtcNow()));
        else if (certificate.NotAfter < time.GetUtcNow().LocalDateTime)
            throw new InvalidDataException($"The authority in {folder} has expired: remove the folder, and trust the new one.");
        return new HubAuthority(certificate, folder);
    }

    /// <summary>The one of this folder; null where there is none.</summary>
    /// <exception cref="InvalidDataException">What is there is damaged, or its key can be read by others.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public static HubAuthority? Find(string folder)
    {
        folder = Path.GetFullPath(folder);
        return new AuthorityFiles(folder).Read() is { } certificate ? new HubAuthority(certificate, folder) : null;
    }

    /// <summary>Whether it may vouch for a host at this address.</summary>
    public static bool Permits(IPAddress address) => NameConstraints.Permits(address);

    /// <summary>Whether a certificate is a hub's authority: signed by itself, and for local names and private addresses alone.</summary>
    public static bool IsAuthority(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.Extensions.OfType<X509BasicConstraintsExtension>().ToArray()
                is [{ CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0 }]
            // It is removed by its name, which is that of its key.
            && certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is var name
            && name.StartsWith("Kodama ", StringComparison.Ordinal)
            && name.EndsWith($" {IdOf(certificate.PublicKey.ExportSubjectPublicKeyInfo())}", StringComparison.Ordinal)
            && NameConstraints.AreIn(certificate) && IsSelfSigned(certificate);
    }

    /// <inheritdoc/>
    public void Dispose() => certificate.Dispose();

    /// <summary>A certificate with a new key, for all of these that it may vouch for.</summary>
    internal X509Certificate2 Issue(IEnumerable<string> names, IEnumerable<IPAddress> addresses, DateTimeOffset now)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Where(NameConstraints.Permits).Distinct(StringComparer.OrdinalIgnoreCase)) alternatives.AddDnsName(name);
        foreach (var address in addresses.Where(Permits).Distinct()) alternatives.AddIpAddress(WithoutScope(address));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=Kodama hub"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(new X509Extension(HubCertificate.AuthorityOid, certificate.RawDataMemory.Span, critical: false));
        var end = now + LeafLifetime < certificate.NotAfter ? now + LeafLifetime : certificate.NotAfter;
        using var leaf = request.Create(certificate, now - Backdated, end, RandomNumberGenerator.GetBytes(16));
        using var whole = leaf.CopyWithPrivateKey(key);
        // Windows cannot serve with a key that was never in a key store.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private static string IdOf(byte[] publicKey) => Convert.ToHexString(SHA256.HashData(publicKey).AsSpan(0, 4));

    private static bool IsSelfSigned(X509Certificate2 certificate)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(certificate);
        return chain.Build(certificate) && chain.ChainElements.Count == 1;
    }

    private static X509Certificate2 Make(string hubName, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = IdOf(key.ExportSubjectPublicKeyInfo());
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName($"Kodama {Shown(hubName)} {id}");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(NameConstraints.Extension());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - Backdated, now + Lifetime);
    }

    // A common name takes 64 characters (RFC 5280 appendix A.1).
    private static string Shown(string hubName)
    {
        var printable = string.Concat(hubName.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return printable.Length <= 40 ? printable : printable[..40];
    }

    private static IPAddress WithoutScope(IPAddress address) =>
        address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, ScopeId: not 0 }
            ? new IPAddress(address.GetAddressBytes())
            : address;
}
