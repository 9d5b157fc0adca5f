using System.Runtime.CompilerServices;

namespace Kodama.Client.Connecting;

/// <summary>The first hub of a name that answers, looked up at every attempt.</summary>
internal sealed class NamedTarget(string name, ClientSettings settings) : HubTarget
{
    // Enough for a person to choose from; a hostile network could claim any number.
    private const int MaxOthers = 32;

    public override async IAsyncEnumerable<HubCandidate> FindAsync(bool again, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var others = new List<string>();
        var found = false;
        await foreach (var hub in settings.Lookup(settings.Scan, cancellationToken).ConfigureAwait(false))
        {
            // As DNS compares names (RFC 6763 section 4.1.3 asks for no more than that).
            if (hub.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                found = true;
                yield return FoundTarget.Candidate(hub, settings.Room);
            }
            else if (others.Count < MaxOthers && RemoteText.Printable(hub.Name) is var other && !others.Contains(other))
            {
                others.Add(other);
            }
        }
        if (!found) throw new HubNotFoundException(name, others);
    }
}
