using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Cli.Tests.Support;

/// <summary>A certificate for 127.0.0.1 that signs itself, in a directory of its own, in every form that the command line takes.</summary>
internal sealed class TestCertificate : IDisposable
{
    public const string Password = "correct horse";

    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000);

    private readonly string directory = Directory.CreateTempSubdirectory("kodama-certificate-").FullName;

    public TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Kodama test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Thumbprint = certificate.Thumbprint;
        Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        File.WriteAllText(CertificatePem, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPem, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(EncryptedKeyPem, key.ExportEncryptedPkcs8PrivateKeyPem(Password, Encryption));
        File.WriteAllText(CombinedPem, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(Pfx, certificate.Export(X509ContentType.Pkcs12, Password));
    }

    public string Thumbprint { get; }

    /// <summary>SHA-256, as hubs are pinned by.</summary>
    public string Fingerprint { get; }

    public string CertificatePem => Path.Combine(directory, "certificate.pem");

    public string KeyPem => Path.Combine(directory, "key.pem");

    public string EncryptedKeyPem => Path.Combine(directory, "encrypted-key.pem");

    public string CombinedPem => Path.Combine(directory, "combined.pem");

    public string Pfx => Path.Combine(directory, "certificate.pfx");

    public void Dispose() => Directory.Delete(directory, recursive: true);
}
