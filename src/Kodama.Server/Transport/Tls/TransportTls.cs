using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Server;

/// <summary>How a listener speaks TLS.</summary>
/// <param name="select">Asked for each handshake, with what the client has said of whom it looks for.</param>
internal sealed class TransportTls(Func<SslClientHelloInfo, SslServerAuthenticationOptions> select)
{
    /// <summary>From the connection's beginning to the end of its handshake, where the client is waited for.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The same, whoever is late.</summary>
    public static readonly TimeSpan LongestHandshake = TimeSpan.FromSeconds(60);

    /// <summary>What HTTP/1.1 and HTTP/2 are called in a handshake, the better first.</summary>
    public static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    /// <summary>Whether a connection that does not begin with TLS is let through as plain HTTP; else it is ended.</summary>
    public bool AllowsPlain { get; init; }

    /// <summary>HTTP/1.1 alone: browsers that have opened a page by HTTP/2 would open WebSockets there too, where none leaves
    /// Kestrel.</summary>
    public static readonly List<SslApplicationProtocol> OldProtocols = [SslApplicationProtocol.Http11];

    /// <summary>With one certificate and its intermediate ones for all. Sessions can be resumed as long as it is the same object.</summary>
    public static SslServerAuthenticationOptions Of(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
        ApplicationProtocols = Protocols,
        AllowRenegotiation = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };

    public SslServerAuthenticationOptions Select(SslClientHelloInfo hello) => select(hello);
}
