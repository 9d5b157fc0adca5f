using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Client.Connecting;

/// <summary>From a TCP connection to a WebSocket: TLS where the endpoint wants it, and the upgrade (RFC 6455 section 4.1).</summary>
internal sealed class Handshake(HubEndpoint endpoint, string? fingerprint, ClientSettings settings)
{
    private readonly CertificatePin? pin = fingerprint is null ? null : new CertificatePin(fingerprint);

    // Null until a certificate was shown.
    private SslPolicyErrors? distrust;

    /// <summary>Takes the connection, which is the WebSocket's from now on; null to go by the system's proxy.</summary>
    /// <exception cref="KodamaClientException">No WebSocket came about.</exception>
    public async Task<HubConnection> ShakeAsync(Socket? dialed, CancellationToken cancellationToken)
    {
        var proxied = dialed is null;
        Link? link = null;
        using var tcp = new SocketsHttpHandler
        {
            UseProxy = proxied,
            UseCookies = false,
            AllowAutoRedirect = false,
            MaxResponseHeadersLength = 16, // KiB
            ConnectCallback = async (context, _) =>
            {
                // The handler would repeat a request that was cut off; whether and when to is the strategy's affair.
                if (!proxied && link is not null) throw new IOException("The connection was closed before the answer.");
                if (proxied)
                {
                    dialed = await Dialer.DialAsync(
                        context.DnsEndPoint.Host, context.DnsEndPoint.Port, settings.Time, cancellationToken).ConfigureAwait(false);
                }
                return link = new Link(dialed!);
            },
        };
        tcp.SslOptions.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            distrust = errors;
            return pin?.Validate(sender, certificate, chain, errors) ?? errors == SslPolicyErrors.None;
        };
        // A certificate may name addresses to fetch its issuer from: a neighbour's must not send this machine anywhere, nor keep a thread
        // waiting.
        tcp.SslOptions.CertificateChainPolicy =
            new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        using var answer = new HandshakeAnswer(tcp);
        using var invoker = new HttpMessageInvoker(answer);
        var socket = new ClientWebSocket();
        try
        {
            Configure(socket.Options);
            await socket.ConnectAsync(
                HubAddress.WithDetails(endpoint.WebSocket, settings.Details), invoker, cancellationToken).ConfigureAwait(false);
            var connection = new HubConnection(socket, link!, endpoint, fingerprint, settings) { Others = answer.Others };
            if (settings.Subprotocol is { } wanted && socket.SubProtocol != wanted) throw OtherProtocol(wanted);
            if (answer.IsRefusedPeer) throw await connection.ReadEndAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            // A handler lets go of what it is still connecting only after a while.
            dialed?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is KodamaClientException) throw;
            throw Failure(exception, answer);
        }
    }

    private void Configure(ClientWebSocketOptions options)
    {
        options.KeepAliveInterval = settings.KeepAliveInterval;
        if (settings.KeepAliveInterval > TimeSpan.Zero) options.KeepAliveTimeout = settings.KeepAliveTimeout;
        if (settings.Subprotocol is { } subprotocol) options.AddSubProtocol(subprotocol);
        foreach (var (name, value) in settings.Headers) options.SetRequestHeader(name, value);
        if (settings.Token is { } token) options.SetRequestHeader("Authorization", $"Bearer {token}");
    }

    private HubProtocolException OtherProtocol(string wanted) => new(
        $"{endpoint} does not speak {wanted}: if it is another WebSocket server, or an older hub, a KodamaClient can talk to it.");

    private KodamaClientException Failure(Exception exception, HandshakeAnswer answer)
    {
        if (answer.Status is { } status)
        {
            return status >= HttpStatusCode.BadRequest
                ? new HubRefusedException((int)status, answer.Code, answer.Reason)
                : new HubProtocolException(
                    $"{endpoint} answers with status {(int)status} and not as a WebSocket: "
                        + $"is {endpoint.WebSocket.AbsolutePath} the path of a hub?",
                    exception);
        }
        if (pin?.Mismatch is { } actual) return new CertificateMismatchException(endpoint.ToString(), fingerprint!, actual);
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationException when distrust is null:
                    return new HubProtocolException(
                        $"{endpoint} does not speak TLS: start the hub with https (serve --https), or connect by ws or http.", exception);
                case AuthenticationException:
                    return new HubProtocolException(
                        $"{endpoint} shows a certificate that this machine does not trust ({distrust}): pin it (CertificateFingerprint).",
                        exception);
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }:
                    continue;
                case HttpRequestException
                {
                    HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded,
                }:
                    return new HubProtocolException($"{endpoint} does not answer as a hub does: {cause.Message}", exception);
                case SocketException socket:
                    return new HubUnreachableException(endpoint.ToString(), SocketErrorWords.Of(socket), exception);
                case IOException or HttpIOException:
                    return new HubUnreachableException(
                        endpoint.ToString(), "it accepted the connection, and closed it before it answered.", exception);
            }
        }
        return new HubProtocolException($"{endpoint} does not answer as a hub does: {exception.Message}", exception);
    }
}
