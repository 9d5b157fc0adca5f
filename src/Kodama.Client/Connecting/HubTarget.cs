using Kodama.Discovery;

namespace Kodama.Client.Connecting;

/// <summary>What a client connects to: an address, a hub that was found, or a name.</summary>
internal abstract class HubTarget
{
    /// <summary>What a person has written: an address, else a name.</summary>
    /// <param name="nameOrAddress">As written.</param>
    /// <param name="settings">Gets the token that an address brings along.</param>
    /// <exception cref="ArgumentException">The address can be no hub's.</exception>
    public static HubTarget Of(string nameOrAddress, ref ClientSettings settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrAddress);
        return HubAddress.TryParse(nameOrAddress, out var address)
            ? Of(address, ref settings)
            : new NamedTarget(nameOrAddress, settings.WithValidScan());
    }

    /// <param name="address">http, https, ws or wss.</param>
    /// <param name="settings">Gets the token that the address brings along.</param>
    /// <exception cref="ArgumentException">The address can be no hub's.</exception>
    public static HubTarget Of(Uri address, ref ClientSettings settings)
    {
        ArgumentNullException.ThrowIfNull(address);
        HubAddress.ThrowIfNotAHubs(address);
        (address, var fingerprint, var secret) = HubAddress.LiftLink(address);
        if (fingerprint is not null && settings.CertificateFingerprint is null) settings = settings.WithPin(fingerprint);
        (address, var token) = HubAddress.LiftToken(address);
        token ??= secret;
        if (!settings.HasToken && token is not null) settings = settings.WithToken(token);
        if (settings.CertificateFingerprint is not null && address.Scheme is "http" or "ws")
        {
            throw new ArgumentException($"A certificate is pinned, and {address.Scheme} has none: write the address with https or wss.");
        }
        return new AddressTarget(address, settings.Room);
    }

    /// <exception cref="ArgumentException">It has no address that a hub can have.</exception>
    public static HubTarget Of(FoundHub hub, ClientSettings settings)
    {
        ArgumentNullException.ThrowIfNull(hub);
        if (hub.Addresses.Count == 0) throw new ArgumentException($"The hub \"{hub.Name}\" has no address.", nameof(hub));
        foreach (var address in hub.Addresses) HubAddress.ThrowIfNotAHubs(address);
        return new FoundTarget(hub, settings.WithValidScan());
    }

    /// <summary>SHA-256 of the hub's certificate, where it is known from the beginning.</summary>
    public virtual string? Fingerprint => null;

    /// <summary>By what it is remembered: name, or host and port.</summary>
    public abstract string Key { get; }

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
