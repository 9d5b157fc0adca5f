using System.Runtime.CompilerServices;
using Kodama.Discovery;

namespace Kodama.Client.Connecting;

/// <summary>A hub that a scan has found: at its addresses, and when they no longer answer wherever its name is found.</summary>
internal sealed class FoundTarget(FoundHub hub, ClientSettings settings) : HubTarget
{
    // The rest of the attempt is for the lookup and for the address that it finds.
    private const int PatienceShare = 4;

    private readonly NamedTarget named = new(hub.Name, settings);

    public override async IAsyncEnumerable<HubCandidate> FindAsync(bool again, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var known = Candidate(hub, settings.Room);
        if (!again)
        {
            yield return known;
            yield break;
        }
        yield return known with { Patience = settings.ConnectTimeout / PatienceShare };
        await foreach (var candidate in named.FindAsync(again, cancellationToken).ConfigureAwait(false)) yield return candidate;
    }

    public static HubCandidate Candidate(FoundHub hub, string? room) =>
        new([.. hub.Addresses.Select(a => HubAddress.Endpoint(a, room, hub.Path))], hub.CertificateFingerprint);
}
