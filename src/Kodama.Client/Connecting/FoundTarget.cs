using System.Runtime.CompilerServices;
using Kodama.Discovery;

namespace Kodama.Client.Connecting;

/// <summary>A hub that a scan has found: at its addresses, and when they no longer answer wherever its name is found.</summary>
internal sealed class FoundTarget(FoundHub hub, ClientSettings settings) : HubTarget
{
    private readonly HubCandidate known = Candidate(hub, settings.Room);
    private readonly NamedTarget named = new(hub.Name, settings);

    public override string? Fingerprint => known.Fingerprint;

    public override string Key => hub.Name;

    public override bool IsSecure => known.Endpoints.Any(e => e.IsSecure);

    public override async IAsyncEnumerable<HubCandidate> FindAsync(
        bool again, bool isPinned, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return known;
        if (!again) yield break;
        await foreach (var candidate in named.FindAsync(again, isPinned, cancellationToken).ConfigureAwait(false)) yield return candidate;
    }

    public static HubCandidate Candidate(FoundHub hub, string? room) =>
        new([.. hub.Addresses.Select(a => HubAddress.Endpoint(a, room, hub.Path))], hub.CertificateFingerprint);
}
