namespace Kodama.Client.Connecting;

/// <summary>What a client connects to: an address, a hub that was found, or a name.</summary>
internal abstract class HubTarget
{
    /// <summary>SHA-256 of the hub's certificate, where it is known from the beginning.</summary>
    public virtual string? Fingerprint => null;

    /// <summary>Whether the hub is known from the beginning to speak TLS.</summary>
    public virtual bool IsSecure => false;

    /// <summary>Where the hub may answer, the likeliest first; the next is asked for when those before have not answered at once.</summary>
    /// <param name="again">Not for the first time.</param>
    /// <param name="isPinned">Whether nothing is sent but to the owner of a certificate.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="HubNotFoundException">There is nowhere (left) to look.</exception>
    /// <exception cref="HubAmbiguousException">Nobody can tell which it is.</exception>
    public abstract IAsyncEnumerable<HubCandidate> FindAsync(bool again, bool isPinned, CancellationToken cancellationToken);
}

/// <summary>One hub, by all its addresses.</summary>
/// <param name="Endpoints">The best first; never empty.</param>
/// <param name="Fingerprint">What it has told of its certificate.</param>
internal sealed record HubCandidate(IReadOnlyList<HubEndpoint> Endpoints, string? Fingerprint)
{
    public override string ToString() => string.Join(", ", Endpoints);
}
