using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kodama.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>HTTPS of an application's endpoint by the hub's transport.</summary>
public static class KodamaListenOptionsExtensions
{
    /// <summary>
    /// In the place of <c>UseHttps</c>: TLS with which a WebSocket leaves Kestrel, as it does without (docs/specs/https.md). Needs
    /// <c>AddKodama</c>. What an endpoint that is no IP address gets is Kestrel's own.
    /// </summary>
    /// <param name="listen">Of <c>ConfigureKestrel(kestrel => kestrel.Listen(...))</c>.</param>
    /// <param name="options">
    /// As <see cref="SslStream"/> takes them; with a <see cref="SslStreamCertificateContext"/> sessions can be resumed. Without
    /// protocols they get those of <paramref name="listen"/>.
    /// </param>
    public static ListenOptions UseKodamaHttps(this ListenOptions listen, SslServerAuthenticationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // Once, and not with each handshake.
        if (options is { ServerCertificateContext: null, ServerCertificate: X509Certificate2 certificate })
            options.ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        if (listen.EndPoint is IPEndPoint endPoint)
        {
            var ports = listen.ApplicationServices.GetService<TlsPorts>()
                ?? throw new InvalidOperationException("No hub was added: call builder.Services.AddKodama() before UseKodamaHttps().");
            // Of ListenLocalhost, which binds an endpoint of each family, only the name tells.
            var isLocalhost = listen.ToString()!.Contains("//localhost:", StringComparison.Ordinal);
            ports.Add(endPoint, isLocalhost, new TransportTls(_ => WithProtocols(options, listen.Protocols)));
        }
        // Lets a connection be that has TLS already; and Kestrel knows that the endpoint is https.
        return listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new(options) });
    }

    private static SslServerAuthenticationOptions WithProtocols(SslServerAuthenticationOptions options, HttpProtocols protocols)
    {
        options.ApplicationProtocols ??=
            protocols.HasFlag(HttpProtocols.Http2) ? TransportTls.Protocols : TransportTls.OldProtocols;
        return options;
    }
}
