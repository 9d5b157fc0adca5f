using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kodama.Discovery;

/// <summary>Asks one address <c>GET /</c>, by http, and by https where the answer is that of a TLS server.</summary>
internal sealed class HubProbe(TimeProvider time)
{
    private const byte TlsAlert = 0x15;
    private const int ReadSize = 4096;

    // Of a hub that speaks both at one port: who can is to take TLS.
    private const string TlsHeader = "Kodama-Tls";

    /// <summary>Never throws for what the network does. A TLS server that was not expected has the timeout once more; <see
    /// cref="ProbeResult.Exhausted"/> when no socket could be had.</summary>
    public async Task<ProbeResult> AskAsync(SweepTarget target, TimeSpan timeout, bool expectTls, CancellationToken cancellationToken)
    {
        var result = await AskOnceAsync(target, timeout, expectTls, cancellationToken);
        return result.IsTls && !expectTls ? await AskOnceAsync(target, timeout, true, cancellationToken) : result;
    }

    private async Task<ProbeResult> AskOnceAsync(SweepTarget target, TimeSpan timeout, bool tls, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        await using var registration = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), deadline);
        return await ConnectAsync(target, tls, deadline.Token);
    }

    private async Task<ProbeResult> ConnectAsync(SweepTarget target, bool tls, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var error = Connecting.TryCreate(target.EndPoint.AddressFamily, out var socket);
        if (socket is null) return IsShortage(error) ? ProbeResult.Exhausted : ProbeResult.NoHub;
        using (socket)
        {
            error = await socket.TryConnectAsync(target.EndPoint, cancellationToken);
            // Who does not listen refuses; to reset, it must have accepted.
            if (error is SocketError.ConnectionReset or SocketError.Shutdown) return ProbeResult.Tls;
            if (error != SocketError.Success) return IsShortage(error) ? ProbeResult.Exhausted : ProbeResult.NoHub;
            try
            {
                await using var stream = new NetworkStream(socket);
                return tls
                    ? await ExchangeTlsAsync(stream, target, started, cancellationToken)
                    : await ExchangeAsync(stream, target, null, started, cancellationToken);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or IOException
                or AuthenticationException or CryptographicException)
            {
                return ProbeResult.NoHub;
            }
        }
    }

    private async Task<ProbeResult> ExchangeTlsAsync(
        NetworkStream stream, SweepTarget target, long started, CancellationToken cancellationToken)
    {
        await using var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = target.HostName ?? "",
                // Hubs sign their certificates themselves. Nothing secret is sent, and the fingerprint is what a client pins.
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
                // A certificate may name addresses to fetch the rest of its chain from: whoever answers would choose what this machine
                // requests.
                CertificateChainPolicy =
                    new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            },
            cancellationToken);
        var fingerprint = HubCertificate.Fingerprint(encrypted.RemoteCertificate!);
        return await ExchangeAsync(encrypted, target, fingerprint, started, cancellationToken);
    }

    private async Task<ProbeResult> ExchangeAsync(
        Stream stream, SweepTarget target, string? fingerprint, long started, CancellationToken cancellationToken)
    {
        var request = Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: {target.Authority(withScope: false)}\r\n"
                + "Accept: application/json\r\nUser-Agent: Kodama\r\nConnection: close\r\n\r\n");
        var response = new HttpResponseReader();
        var canBeHub = false;
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            await stream.WriteAsync(request, cancellationToken);
            while (response.State == HttpReadState.NeedMore)
            {
                var read = await stream.ReadAsync(buffer, cancellationToken);
                if (read == 0) response.End();
                else response.Read(buffer.AsSpan(0, read));
                if (canBeHub || !response.HasHead) continue;
                if (fingerprint is null && response.Header(TlsHeader) is not null) return ProbeResult.Tls;
                canBeHub = HubAnswer.CanBe(response);
                if (!canBeHub) break;
            }
        }
        catch (IOException) when (response.FirstByte is null && fingerprint is null)
        {
            return ProbeResult.Tls;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        var latency = time.GetElapsedTime(started);
        if (response.State == HttpReadState.Complete && HubAnswer.From(response, target, fingerprint, latency) is { } answer)
            return new(answer);
        return fingerprint is null && LooksLikeTls(response) ? ProbeResult.Tls : ProbeResult.NoHub;
    }

    // Kestrel ends the connection without a word, OpenSSL sends an alert, nginx and Go answer 400 in plain text.
    private static bool LooksLikeTls(HttpResponseReader response) => response.FirstByte is null or TlsAlert || response.Status == 400;

    private static bool IsShortage(SocketError error) => error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;
}
