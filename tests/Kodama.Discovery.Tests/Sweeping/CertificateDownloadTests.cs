using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

/// <summary>A certificate may name where to fetch its issuer (RFC 5280 section 4.2.2.1): a stranger's must not make this machine fetch
/// anything.</summary>
public class CertificateDownloadTests
{
    [Fact]
    public async Task AskAsync_CertificateThatNamesItsIssuersAddress_FetchesNothing()
    {
        await using var elsewhere = new LoopbackServer((_, _) => Task.CompletedTask);
        using var certificate = IssuedBy($"http://127.0.0.1:{elsewhere.Port}/issuer.cer");
        // What the server itself needs of its chain it would fetch too.
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        await using var hub = new LoopbackServer(async (_, stream) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context });
            await LoopbackServer.ReadRequestAsync(tls);
            await tls.WriteAsync(Encoding.UTF8.GetBytes(LoopbackServer.Hub()));
        });
        var result = await new HubProbe(new FakeClock()).AskAsync(hub.Target(), TimeSpan.FromSeconds(1), expectTls: true, default).Within();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)), result.Answer!.CertificateFingerprint);
        Assert.Equal(0, elsewhere.Accepted);

        // That nothing was fetched means something only where a client that does not mind does fetch.
        if (!OperatingSystem.IsLinux()) return;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(hub.Target().EndPoint).Within();
        await using var careless = new SslStream(new NetworkStream(socket));
        await careless.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "", RemoteCertificateValidationCallback = (_, _, _, _) => true }).Within();
        Assert.NotEqual(0, elsewhere.Accepted);
    }

    private static X509Certificate2 IssuedBy(string address)
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issuerRequest = new CertificateRequest("CN=issuer", issuerKey, HashAlgorithmName.SHA256);
        issuerRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = issuerRequest.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hub", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension((IEnumerable<string>)[], [address]));
        using var unkeyed = request.Create(issuer, from, to, [1]);
        using var keyed = unkeyed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(keyed.Export(X509ContentType.Pfx), null);
    }
}
