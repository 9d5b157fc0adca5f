namespace Kodama.Discovery;

/// <summary>All that is known of one hub, bounded. Not thread-safe.</summary>
internal sealed class HubEntry(HubKey key, TimeSpan latency, TimeSpan since)
{
    // Two ports on a handful of interfaces; who claims more is no hub.
    private const int MaxInstances = 32;
    private const int MaxTargets = 64;

    private readonly Dictionary<(int Link, DnsName Name), HeardInstance> heard = [];
    private readonly Dictionary<SweepTarget, TimeSpan> answered = [];

    // Of addresses that were only heard of: whether this hub answered there, or another.
    private readonly Dictionary<SweepTarget, bool> verdicts = [];
    private (HubAnswer Answer, TimeSpan At)? latest;
    private TimeSpan heardAt;

    public HubKey Key => key;

    /// <summary>When it was first found.</summary>
    public TimeSpan Since => since;

    /// <summary>When to see whether it is still there.</summary>
    public TimeSpan CheckAt { get; set; }

    /// <summary>A check is under way.</summary>
    public bool IsChecking { get; set; }

    /// <summary>When the last check began; one after a goodbye is counted by itself, as it cannot wait for the other.</summary>
    public (TimeSpan? Usual, TimeSpan? AfterGoodbye) CheckedAt { get; set; }

    /// <summary>When the first of the checks in a row failed; null if the last did not.</summary>
    public TimeSpan? FailedAt { get; set; }

    public bool IsHeard => heard.Count > 0;

    public bool IsAnswered => answered.Count > 0;

    /// <summary>There is no address that could be its own.</summary>
    public bool IsNowhere => !IsAnswered && heard.Values.All(h => h.Targets.All(IsOthers));

    /// <summary>Wherever it was heard it has said goodbye.</summary>
    public bool IsLeaving => IsHeard && heard.Values.All(h => h.Instance.IsLeaving);

    public IEnumerable<DnsName> Instances => heard.Keys.Select(k => k.Name).Distinct();

    public void Hear(ServiceInstance instance, HubText text, TimeSpan now)
    {
        var before = heard.GetValueOrDefault((instance.Link, instance.Name));
        if (before is null && heard.Count >= MaxInstances) return;
        var current = new HeardInstance(instance, text, before?.Since ?? now);
        heard[(instance.Link, instance.Name)] = current;
        heardAt = now;
        // Addresses that come or go may have changed hands.
        if (before is not null && !before.Targets.SequenceEqual(current.Targets)) verdicts.Clear();
    }

    public bool Unhear(int link, DnsName name) => heard.Remove((link, name));

    public void UnhearLeaving()
    {
        foreach (var (instance, told) in heard)
        {
            if (told.Instance.IsLeaving) heard.Remove(instance);
        }
    }

    public void Answer(HubAnswer answer, TimeSpan now)
    {
        answered[answer.Target] = now;
        verdicts.Remove(answer.Target);
        latest = (answer, now);
    }

    public bool Unanswer(SweepTarget target) => answered.Remove(target);

    /// <summary>An address at which it no longer answers is not its own any more, as long as it has another.</summary>
    public void UnanswerBefore(TimeSpan time)
    {
        foreach (var (target, at) in answered)
        {
            if (at < time && answered.Count > 1) answered.Remove(target);
        }
    }

    /// <summary>Takes that a check found it, or another, at an address.</summary>
    public void Judge(SweepTarget target, bool isOwn)
    {
        verdicts[target] = isOwn;
        if (!isOwn) answered.Remove(target);
    }

    /// <summary>Where it is: where it has answered, then where it is said to be; each best first.</summary>
    public IReadOnlyList<SweepTarget> Targets(IReadOnlyList<LocalInterface> interfaces) =>
        [.. answered.Keys.Concat(heard.Values.SelectMany(h => h.Targets))
            .Distinct()
            .Where(t => !IsOthers(t))
            .OrderByDescending(IsOwn)
            .ThenBy(t => HubAddresses.Rank(t.EndPoint.Address, interfaces))
            .ThenBy(t => t.Authority(withScope: true), StringComparer.Ordinal)
            .Take(MaxTargets)];

    /// <summary>Where a check asks: where it has answered, and at neighbours. What anyone may claim opens no connection beyond the
    /// link.</summary>
    public IReadOnlyList<SweepTarget> CheckTargets(IReadOnlyList<LocalInterface> interfaces) =>
        [.. Targets(interfaces).Where(t => IsOwn(t) || HubAddresses.IsNear(t.EndPoint.Address, interfaces))];

    public FoundHub Build(IReadOnlyList<LocalInterface> interfaces)
    {
        var answer = IsAnswered ? latest?.Answer : null;
        // Whoever comes later under the same id does not take the name.
        var told = heard.Values
            .OrderBy(h => h.Instance.IsLeaving).ThenByDescending(h => h.Targets.Any(IsOwn))
            .ThenBy(h => h.Since).ThenBy(h => h.Instance.Link)
            .FirstOrDefault();
        var details = Details(answer, told?.Text);
        var targets = Targets(interfaces);
        return new FoundHub
        {
            Id = key.Id,
            Name = HubName.Of(told?.Instance.Name.Label, details, targets[0].HostName ?? targets[0].EndPoint.Address.ToString()),
            Addresses = [.. targets
                .Select(t => HubAddresses.UriOf(t, isTls: key.CertificateFingerprint is not null))
                .DistinctBy(u => u.AbsoluteUri)],
            Path = answer?.Path ?? told!.Text.Path,
            CertificateFingerprint = key.CertificateFingerprint,
            Cluster = answer is null ? told!.Text.Cluster : answer.Cluster,
            Details = details,
            Latency = latency,
            FoundBy = (IsAnswered ? FoundBy.Sweep : FoundBy.None) | (IsHeard ? FoundBy.Mdns : FoundBy.None),
        };
    }

    private bool IsOwn(SweepTarget target) => answered.ContainsKey(target) || (verdicts.TryGetValue(target, out var isOwn) && isOwn);

    private bool IsOthers(SweepTarget target) => verdicts.TryGetValue(target, out var isOwn) && !isOwn;

    // An answer has all details, a TXT record as many as fit; a record that is newer than the answer overrides what it holds until the next
    // answer.
    private IReadOnlyDictionary<string, string> Details(HubAnswer? answer, HubText? text)
    {
        if (answer is null) return text!.Details;
        if (text is null || latest!.Value.At >= heardAt) return answer.Details;
        var details = new Dictionary<string, string>(answer.Details, StringComparer.Ordinal);
        foreach (var (name, value) in text.Details) details[name] = value;
        return details;
    }
}
