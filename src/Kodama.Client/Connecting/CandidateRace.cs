using System.Runtime.CompilerServices;

namespace Kodama.Client.Connecting;

/// <summary>From the endpoints of one hub to a connection: by the first that accepts, and by the next one too when that does not answer the
/// handshake at once.</summary>
internal sealed class CandidateRace(IReadOnlyList<HubEndpoint> endpoints, string? fingerprint, ClientSettings settings)
{
    /// <summary>Longer than between TCP connections: a hub that is merely slow would see a peer come and go.</summary>
    public static readonly TimeSpan Stagger = TimeSpan.FromSeconds(1);

    /// <exception cref="KodamaClientException">None became a connection; the most telling of the reasons.</exception>
    public Task<HubConnection> RunAsync(CancellationToken cancellationToken) => endpoints is [var only] && IsProxied(only)
        ? new Handshake(only, fingerprint, settings).ShakeAsync(dialed: null, cancellationToken)
        : StaggeredRace.RunAsync(HandshakesAsync(cancellationToken), Stagger, ConnectFailure.MostTelling, settings.Time, cancellationToken);

    private async IAsyncEnumerable<Func<CancellationToken, Task<HubConnection>>> HandshakesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var untried = endpoints.ToList();
        while (untried.Count > 0)
        {
            var dialed = await Dialer.DialAsync(untried, settings.Time, cancellationToken).ConfigureAwait(false);
            untried.Remove(dialed.Endpoint);
            var isTaken = false;
            try
            {
                yield return ct =>
                {
                    isTaken = true;
                    return new Handshake(dialed.Endpoint, fingerprint, settings).ShakeAsync(dialed.Socket, ct);
                };
            }
            finally
            {
                if (!isTaken) dialed.Dispose();
            }
        }
    }

    private static bool IsProxied(HubEndpoint endpoint) =>
        !LanHost.IsLan(endpoint.WebSocket) && HttpClient.DefaultProxy.GetProxy(endpoint.WebSocket) is not null;
}
