using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Hostile.Tests;

/// <summary>A hub with a certificate: all that goes over it takes the way of a stream, and HTTP/2 is spoken.</summary>
public sealed class SecureSiege : Siege
{
    private static readonly Lazy<string> Certificate = new(Create);

    private protected override async Task<IRunningHub> StartAsync() => await HubProcess.StartAsync(["--tls-cert", Certificate.Value]);

    private static string Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kodama.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(AppContext.BaseDirectory, "hostile.pem");
        File.WriteAllText(file, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return file;
    }
}
