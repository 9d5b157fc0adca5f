using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Kodama.Discovery;

namespace Kodama.Server;

/// <summary>The certificate that a port of ours shows, learned as a client learns it: it may come from options, configuration or a selector
/// of Kestrel's.</summary>
internal static class OwnCertificate
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>By what the hub is known (<see cref="HubCertificate"/>); null where the port shows none.</summary>
    public static async Task<string?> FingerprintAsync(AdvertisedPort port, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        string? fingerprint = null;
        try
        {
            using var client = new TcpClient(port.OwnEndPoint.AddressFamily);
            await client.ConnectAsync(port.OwnEndPoint, giveUp.Token);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = port.OwnEndPoint.Address.ToString(),
                    // Only looked at: nothing is said over this connection.
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        fingerprint = certificate is null ? null : HubCertificate.Fingerprint(certificate);
                        return fingerprint is not null;
                    },
                },
                giveUp.Token);
        }
        catch (Exception exception)
            when (exception is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            // One that asks for a client's certificate has shown its own by now.
        }
        return fingerprint;
    }
}
