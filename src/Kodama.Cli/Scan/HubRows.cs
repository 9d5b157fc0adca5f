using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary>The hubs of a table: those that are there in the order of their coming, and the last that have gone.</summary>
internal sealed class HubRows
{
    private const int MaxGone = 8;

    private readonly List<FoundHub> here = [];
    private readonly List<FoundHub> gone = [];

    /// <summary>How many were ever found.</summary>
    public int Found { get; private set; }

    public IReadOnlyList<(FoundHub Hub, bool IsHere)> Shown => [.. here.Select(h => (h, true)), .. gone.Select(h => (h, false))];

    public void Apply(HubChange change)
    {
        var index = here.FindIndex(h => h.Id == change.Hub.Id && h.CertificateFingerprint == change.Hub.CertificateFingerprint);
        if (change.Kind == HubChangeKind.Lost)
        {
            if (index >= 0) here.RemoveAt(index);
            gone.Insert(0, change.Hub);
            if (gone.Count > MaxGone) gone.RemoveAt(MaxGone);
            return;
        }
        if (index >= 0)
        {
            here[index] = change.Hub;
            return;
        }
        Found++;
        here.Add(change.Hub);
        gone.RemoveAll(h => h.Id == change.Hub.Id || h.Name == change.Hub.Name);
    }
}
