using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Kodama.Server;

/// <summary>What a request is told of the TLS below it, by the interfaces by which Kestrel tells of its own.</summary>
/// <remarks>As it was after the handshake: a connection that is cut off must not throw into an application.</remarks>
internal sealed class TlsFeatures : ITlsConnectionFeature, ITlsHandshakeFeature, ITlsApplicationProtocolFeature, ISslStreamFeature
{
    public TlsFeatures(SslStream tls, string hostName)
    {
        SslStream = tls;
        HostName = hostName;
        ClientCertificate = tls.RemoteCertificate as X509Certificate2;
        Protocol = tls.SslProtocol;
        NegotiatedCipherSuite = tls.NegotiatedCipherSuite;
        ApplicationProtocol = tls.NegotiatedApplicationProtocol.Protocol;
#pragma warning disable SYSLIB0058 // The interface has them still.
        CipherAlgorithm = tls.CipherAlgorithm;
        CipherStrength = tls.CipherStrength;
        HashAlgorithm = tls.HashAlgorithm;
        HashStrength = tls.HashStrength;
        KeyExchangeAlgorithm = tls.KeyExchangeAlgorithm;
        KeyExchangeStrength = tls.KeyExchangeStrength;
    }

    public CipherAlgorithmType CipherAlgorithm { get; }

    public int CipherStrength { get; }

    public HashAlgorithmType HashAlgorithm { get; }

    public int HashStrength { get; }

    public ExchangeAlgorithmType KeyExchangeAlgorithm { get; }

    public int KeyExchangeStrength { get; }
#pragma warning restore SYSLIB0058

    public X509Certificate2? ClientCertificate { get; set; }

    public string HostName { get; }

    public SslProtocols Protocol { get; }

    public TlsCipherSuite? NegotiatedCipherSuite { get; }

    public ReadOnlyMemory<byte> ApplicationProtocol { get; }

    public SslStream SslStream { get; }

    /// <summary>That of the handshake: none is asked for later.</summary>
    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
}
