using System.Runtime.CompilerServices;
using Kodama.Discovery;

namespace Kodama.Client.Connecting;

/// <summary>The first hub of a name that answers, looked up at every attempt. Anyone may claim a name: a token that nothing protects goes
/// to its only claimant, or to none.</summary>
internal sealed class NamedTarget(string name, ClientSettings settings) : HubTarget
{
    // Enough for a person to choose from; a hostile network could claim any number.
    private const int MaxOthers = 32;

    public override string Key => name;

    public override async IAsyncEnumerable<HubCandidate> FindAsync(
        bool again, bool isPinned, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var looksAround = settings.HasSecrets && !isPinned;
        var claimants = new List<FoundHub>();
        var others = new List<string>();
        await foreach (var hub in LookUp(cancellationToken).ConfigureAwait(false))
        {
            // As DNS compares names (RFC 6763 section 4.1.3 asks for no more than that).
            if (hub.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                claimants.Add(hub);
                if (!looksAround) yield return FoundTarget.Candidate(hub, settings.Room);
            }
            else if (others.Count < MaxOthers && RemoteText.Printable(hub.Name) is var other && !others.Contains(other))
            {
                others.Add(other);
            }
        }
        if (claimants.Count == 0) throw new HubNotFoundException(name, others);
        if (!looksAround) yield break;
        if (claimants.DistinctBy(h => h.Id).Count() > 1 || Fingerprints(claimants).Count() > 1)
            throw new HubAmbiguousException(name, claimants);
        // The same hub with and without TLS.
        var secure = Fingerprints(claimants).Any();
        foreach (var hub in claimants.Where(h => !secure || h.CertificateFingerprint is not null))
            yield return FoundTarget.Candidate(hub, settings.Room);
    }

    private static IEnumerable<string> Fingerprints(IEnumerable<FoundHub> hubs) =>
        hubs.Select(h => h.CertificateFingerprint).OfType<string>().Distinct(StringComparer.Ordinal);

    private IAsyncEnumerable<FoundHub> LookUp(CancellationToken cancellationToken)
    {
        try
        {
            return settings.Lookup(settings.Scan, cancellationToken);
        }
        catch (ArgumentException exception)
        {
            // Right when the client was made: an interface that was named has gone, and may come back.
            throw new HubUnreachableException("the network", $"it cannot be searched for hubs: {exception.Message}", exception);
        }
    }
}
