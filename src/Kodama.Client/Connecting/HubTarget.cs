namespace Kodama.Client.Connecting;

/// <summary>What a client connects to: an address, a hub that was found, or a name.</summary>
internal abstract class HubTarget
{
    /// <summary>Where the hub may answer, the likeliest first; each is asked for when those before did not answer. <paramref name="again"/>: not for the first time.</summary>
    /// <exception cref="HubNotFoundException">There is nowhere (left) to look.</exception>
    public abstract IAsyncEnumerable<HubCandidate> FindAsync(bool again, CancellationToken cancellationToken);
}

/// <summary>One hub, by all its addresses.</summary>
/// <param name="Endpoints">The best first; never empty.</param>
/// <param name="Fingerprint">What it has told of its certificate.</param>
/// <param name="Patience">How long to wait for an answer if there is another candidate; null for as long as the attempt may take.</param>
internal sealed record HubCandidate(IReadOnlyList<HubEndpoint> Endpoints, string? Fingerprint, TimeSpan? Patience = null)
{
    public override string ToString() => string.Join(", ", Endpoints);
}
