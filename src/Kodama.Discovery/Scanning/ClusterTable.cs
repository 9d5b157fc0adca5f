namespace Kodama.Discovery;

/// <summary>Hubs of one cluster as one: what has happened to it, from what has happened to them. Not thread-safe.</summary>
internal sealed class ClusterTable
{
    private readonly Dictionary<(string Cluster, string? Fingerprint, string Path), List<FoundHub>> clusters = [];

    /// <summary>Clusters that have more to tell than when they were found.</summary>
    public IEnumerable<FoundHub> Grown => clusters.Values.Where(static hubs => hubs.Count > 1).Select(Join);

    /// <summary>What to tell of a change. A hub that is now in another cluster has left the one before.</summary>
    public IEnumerable<HubChange> Take(HubChange change)
    {
        var hub = change.Hub;
        foreach (var (key, hubs) in clusters.ToList())
        {
            var index = hubs.FindIndex(known => known.Id == hub.Id && known.CertificateFingerprint == hub.CertificateFingerprint);
            if (index < 0) continue;
            if (change.Kind != HubChangeKind.Lost && KeyOf(hub) == key)
            {
                hubs[index] = hub;
                yield return new HubChange(HubChangeKind.Changed, Join(hubs));
                yield break;
            }
            var before = Join(hubs);
            hubs.RemoveAt(index);
            if (hubs.Count > 0) yield return new HubChange(HubChangeKind.Changed, Join(hubs));
            else if (clusters.Remove(key)) yield return new HubChange(HubChangeKind.Lost, before);
            if (change.Kind == HubChangeKind.Lost) yield break;
            // The rest of the change is that it is found where it is now.
            change = change with { Kind = HubChangeKind.Found };
        }
        if (KeyOf(hub) is not { } joined)
        {
            yield return change;
            yield break;
        }
        if (clusters.TryGetValue(joined, out var others))
        {
            others.Add(hub);
            yield return new HubChange(HubChangeKind.Changed, Join(others));
        }
        else
        {
            clusters[joined] = [hub];
            yield return new HubChange(HubChangeKind.Found, Join([hub]));
        }
    }

    private static (string, string?, string)? KeyOf(FoundHub hub) =>
        hub.Cluster is { } cluster ? (cluster, hub.CertificateFingerprint, hub.Path) : null;

    private static FoundHub Join(List<FoundHub> hubs) => hubs[0] with
    {
        Id = hubs[0].Cluster!,
        Addresses = [.. hubs.SelectMany(static hub => hub.Addresses).DistinctBy(static address => address.AbsoluteUri)],
        FoundBy = hubs.Aggregate(FoundBy.None, static (by, hub) => by | hub.FoundBy),
        Latency = hubs.Min(static hub => hub.Latency),
    };
}
