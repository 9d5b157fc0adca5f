using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Kodama.Client.Connecting;

/// <summary>Makes one attempt after another to get a connection; each ends within its timeout and leaves nothing behind.</summary>
internal sealed class Connector(HubTarget target, ClientSettings settings)
{
    // Whoever it was at first it stays: another that takes the name or the address later is refused.
    private string? pinned = settings.CertificateFingerprint ?? settings.Known?.Find(target.Key) ?? target.Fingerprint;
    private bool wasSecure = target.IsSecure;
    private HubConnection? last;

    /// <summary>Whether there are other hubs to go to.</summary>
    public bool HasOthers => last is { Others.Hubs.Count: > 0 };

    /// <param name="again">Not for the first time.</param>
    /// <param name="greet">What is said before the connection counts; to the winner of the race alone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KodamaClientException">No candidate became a connection; the most telling of the reasons.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<HubConnection> ConnectAsync(
        bool again, Func<HubConnection, CancellationToken, Task> greet, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.ConnectTimeout, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var attempt = new ConnectAttempt();
        HubConnection? connection = null;
        try
        {
            var own = await settings.AskForTokenAsync(either.Token).ConfigureAwait(false);
            connection = await StaggeredRace.RunAsync(
                AttemptsAsync(again, own, attempt, either.Token), CandidateRace.Stagger, ConnectFailure.MostTelling,
                settings.Time, either.Token).ConfigureAwait(false);
            attempt.Greets(connection);
            await greet(connection, either.Token).ConfigureAwait(false);
            pinned ??= connection.CertificateFingerprint;
            if (connection.CertificateFingerprint is { } shown) settings.Known?.Remember(target.Key, shown);
            wasSecure |= connection.IsSecure;
            last = connection;
            return connection;
        }
        catch (Exception exception) when (connection is not null)
        {
            connection.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is KodamaClientException || !either.IsCancellationRequested) throw;
            throw new ConnectTimeoutException(attempt.Step, settings.ConnectTimeout);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw attempt.Refusal ?? new ConnectTimeoutException(attempt.Step, settings.ConnectTimeout);
        }
        catch (Exception exception) when (exception is SocketException or IOException or NetworkInformationException)
        {
            throw new HubUnreachableException("the network", $"it cannot be searched for hubs: {exception.Message}", exception);
        }
    }

    private async IAsyncEnumerable<Func<CancellationToken, Task<HubConnection>>> AttemptsAsync(
        bool again, ClientSettings own, ConnectAttempt attempt, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = HasOthers
            ? ClusterTarget.FindAsync(target, last!, settings.Room, wasSecure || pinned is not null, pinned is not null, cancellationToken)
            : target.FindAsync(again, pinned is not null, cancellationToken);
        await foreach (var candidate in found.ConfigureAwait(false))
        {
            yield return ct => attempt.WatchAsync(candidate, TryAsync(candidate, own, ct));
        }
    }

    private async Task<HubConnection> TryAsync(HubCandidate candidate, ClientSettings own, CancellationToken cancellationToken)
    {
        // What the system's trust has vouched for once, nobody's own word replaces.
        var fingerprint = pinned ?? (wasSecure ? null : candidate.Fingerprint);
        IReadOnlyList<HubEndpoint> endpoints = [.. candidate.Endpoints.Where(e => e.IsSecure)];
        if (endpoints.Count == 0)
        {
            if (fingerprint is not null)
            {
                var mismatch = new CertificateMismatchException(candidate.ToString(), fingerprint, actual: null);
                throw IsKnown(fingerprint) ? mismatch.OfKnown(target.Key, settings.Known!.Path) : mismatch;
            }
            if (wasSecure)
                throw new HubUnreachableException(candidate.ToString(), "it offers no TLS, and the hub did: nothing is sent to it.");
            endpoints = candidate.Endpoints;
        }
        try
        {
            return await new CandidateRace(endpoints, fingerprint, own).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CertificateMismatchException exception) when (IsKnown(fingerprint))
        {
            throw exception.OfKnown(target.Key, settings.Known!.Path);
        }
    }

    private bool IsKnown(string? fingerprint) =>
        settings.CertificateFingerprint is null && fingerprint is not null && settings.Known?.Find(target.Key) == fingerprint;
}
