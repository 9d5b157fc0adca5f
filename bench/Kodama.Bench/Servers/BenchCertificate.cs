using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Bench.Servers;

/// <summary>The certificate that all servers of a run show: ECDSA P-256, self-signed, with its key in one PEM file.</summary>
internal static class BenchCertificate
{
    private static readonly Lazy<string> Made = new(Make);

    /// <summary>Its path, in a folder of this process that goes with it.</summary>
    public static string File => Made.Value;

    private static string Make()
    {
        var folder = Directory.CreateTempSubdirectory("kodama-bench-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kodama.bench", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("kodama.bench");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        var file = Path.Combine(folder.FullName, "bench.pem");
        System.IO.File.WriteAllText(file, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return file;
    }
}
