using System.Runtime.CompilerServices;

namespace Kodama.Discovery;

/// <summary>Finds hubs on the network: by mDNS, and by trying every address (docs/specs/discovery.md). Thread-safe; every scan is its
/// own.</summary>
public static class Scanner
{
    /// <summary>Yields each hub once (one of http and https twice: <see cref="FoundHub.Id"/>), as soon as it is first found, and ends with
    /// <see cref="ScanOptions.Timeout"/>, or with the sweep if that takes longer or is all there is. The hubs of a cluster are one, which
    /// is yielded when the first of them is found, and once more at the end, with the addresses of all, if there are more.</summary>
    /// <param name="options">What to do; null for the defaults. Read when this is called.</param>
    /// <param name="cancellationToken">Ends the scan; every connection is closed at once.</param>
    /// <exception cref="ArgumentException">An option is out of its range, a subnet is no subnet or too large, or an interface is not
    /// there.</exception>
    /// <exception cref="IOException">A host that was named is unknown. Thrown while it is enumerated.</exception>
    public static IAsyncEnumerable<FoundHub> ScanAsync(ScanOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ScanOptions();
        return ScanAsync(ScanSettings.Of(options), ScanEnvironment.Of(options), cancellationToken);
    }

    /// <summary>
    /// Yields what happens to hubs until cancelled: found, changed, lost. A reader that is slow is told the difference to what it knows;
    /// changes that have passed meanwhile are left out.
    /// </summary>
    /// <param name="options">What to do; null for the defaults. Read when this is called.</param>
    /// <param name="cancellationToken">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An option is out of its range, a subnet is no subnet or too large, or an interface is not
    /// there.</exception>
    /// <exception cref="IOException">A host that was named is unknown at the start. Thrown while it is enumerated.</exception>
    public static IAsyncEnumerable<HubChange> WatchAsync(ScanOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ScanOptions();
        return WatchAsync(ScanSettings.Of(options), ScanEnvironment.Of(options), cancellationToken);
    }

    internal static async IAsyncEnumerable<FoundHub> ScanAsync(
        ScanSettings settings, ScanEnvironment environment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = new ScanRun(settings, environment, watches: false);
        await using var disposing = run.ConfigureAwait(false);
        var clusters = new ClusterTable();
        await foreach (var change in run.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var told in clusters.Take(change))
            {
                if (told.Kind == HubChangeKind.Found) yield return told.Hub;
            }
        }
        foreach (var hub in clusters.Grown) yield return hub;
    }

    internal static async IAsyncEnumerable<HubChange> WatchAsync(
        ScanSettings settings, ScanEnvironment environment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = new ScanRun(settings, environment, watches: true);
        await using var disposing = run.ConfigureAwait(false);
        var clusters = new ClusterTable();
        await foreach (var change in run.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var told in clusters.Take(change)) yield return told;
        }
    }
}
