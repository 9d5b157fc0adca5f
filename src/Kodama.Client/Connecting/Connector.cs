using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Kodama.Client.Connecting;

/// <summary>Makes one attempt after another to get a connection; each ends within its timeout and leaves nothing behind.</summary>
internal sealed class Connector(HubTarget target, ClientSettings settings)
{
    // Whoever it was at first it stays: another that takes the name or the address later is refused.
    private string? pinned = settings.CertificateFingerprint;

    /// <exception cref="KodamaClientException">No candidate became a connection; what the last of them failed of.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<HubConnection> ConnectAsync(bool again, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.ConnectTimeout, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var step = "The lookup of the hub";
        KodamaClientException? failure = null;
        try
        {
            await foreach (var candidate in target.FindAsync(again, either.Token).ConfigureAwait(false))
            {
                step = $"The connection to {candidate}";
                try
                {
                    return await TryAsync(candidate, either.Token).ConfigureAwait(false);
                }
                catch (KodamaClientException exception) when (!IsFinal(exception))
                {
                    failure = exception;
                    step = "The lookup of the hub";
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ConnectTimeoutException(step, settings.ConnectTimeout);
        }
        catch (Exception exception) when (exception is SocketException or IOException or NetworkInformationException)
        {
            throw new HubUnreachableException("the network", $"it cannot be searched for hubs: {exception.Message}", exception);
        }
        throw failure!;
    }

    private async Task<HubConnection> TryAsync(HubCandidate candidate, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(candidate.Patience ?? Timeout.InfiniteTimeSpan, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var fingerprint = pinned ?? candidate.Fingerprint;
        var endpoints = fingerprint is null ? candidate.Endpoints : [.. candidate.Endpoints.Where(e => e.IsSecure)];
        if (endpoints.Count == 0) throw new CertificateMismatchException(candidate.ToString(), fingerprint!, actual: null);
        try
        {
            var connection = await OpenAsync(endpoints, fingerprint, either.Token).ConfigureAwait(false);
            pinned = fingerprint;
            return connection;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ConnectTimeoutException($"The connection to {candidate}", candidate.Patience!.Value);
        }
    }

    private async Task<HubConnection> OpenAsync(IReadOnlyList<HubEndpoint> endpoints, string? fingerprint, CancellationToken cancellationToken)
    {
        if (endpoints is [var only] && IsProxied(only))
        {
            return await new Handshake(only, fingerprint, settings).ShakeAsync(dialed: null, cancellationToken).ConfigureAwait(false);
        }
        var dialed = await Dialer.DialAsync(endpoints, settings.Time, cancellationToken).ConfigureAwait(false);
        return await new Handshake(dialed.Endpoint, fingerprint, settings).ShakeAsync(dialed.Socket, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsProxied(HubEndpoint endpoint) =>
        !LanHost.IsLan(endpoint.WebSocket) && HttpClient.DefaultProxy.GetProxy(endpoint.WebSocket) is not null;

    // The hub has spoken, and would say the same under its other addresses. Any other refusal may be that of a stranger at its old address.
    private static bool IsFinal(KodamaClientException exception) => exception is HubRefusedException { StatusCode: null or 401 or 403 };
}
