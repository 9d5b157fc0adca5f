using System.Runtime.CompilerServices;

namespace Kodama.Client.Connecting;

/// <summary>A hub of a cluster that was lost: where it was, then the others, none before another, and then as it was found first.</summary>
internal static class ClusterTarget
{
    /// <param name="target">As the program has named it.</param>
    /// <param name="last">The connection that was lost.</param>
    /// <param name="room">The room of the address.</param>
    /// <param name="isSecure">Whether TLS is a must.</param>
    /// <param name="isPinned">Whether nothing is sent but to the owner of a certificate.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async IAsyncEnumerable<HubCandidate> FindAsync(
        HubTarget target, HubConnection last, string? room, bool isSecure, bool isPinned,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new HubCandidate([last.Endpoint], last.CertificateFingerprint);
        var hubs = last.Others.Hubs.ToArray();
        Random.Shared.Shuffle(hubs);
        foreach (var hub in hubs)
        {
            var endpoints = hub.Select(address => Endpoint(address, last.Endpoint, room)).Where(e => e.IsSecure || !isSecure).ToList();
            if (endpoints.Count > 0) yield return new HubCandidate(endpoints, Fingerprint: null);
        }
        await foreach (var candidate in target.FindAsync(again: true, isPinned, cancellationToken).ConfigureAwait(false))
            yield return candidate;
    }

    // What an address of the program's says of the client, it says to all.
    private static HubEndpoint Endpoint(Uri address, HubEndpoint last, string? room)
    {
        var endpoint = HubAddress.Endpoint(address, room);
        var query = last.WebSocket.Query;
        return query.Length == 0 ? endpoint : new HubEndpoint(new Uri(endpoint.WebSocket.OriginalString + query));
    }
}
