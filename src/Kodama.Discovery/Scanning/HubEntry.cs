namespace Kodama.Discovery;

/// <summary>All that is known of one hub. Not thread-safe.</summary>
internal sealed class HubEntry(string id, TimeSpan latency)
{
    private readonly Dictionary<(int Link, DnsName Name), (ServiceInstance Instance, HubText Text)> heard = [];
    private readonly Dictionary<SweepTarget, (HubAnswer Answer, TimeSpan At)> answered = [];
    private TimeSpan heardAt;

    public string Id => id;

    /// <summary>When to see whether it is still there.</summary>
    public TimeSpan CheckAt { get; set; }

    /// <summary>A check is under way.</summary>
    public bool IsChecking { get; set; }

    /// <summary>When the first of the checks in a row failed; null if the last did not.</summary>
    public TimeSpan? FailedAt { get; set; }

    public bool IsHeard => heard.Count > 0;

    public bool IsAnswered => answered.Count > 0;

    /// <summary>Wherever it was heard it has said goodbye.</summary>
    public bool IsLeaving => IsHeard && heard.Values.All(h => h.Instance.IsLeaving);

    public IEnumerable<DnsName> Instances => heard.Keys.Select(k => k.Name).Distinct();

    public void Hear(ServiceInstance instance, HubText text, TimeSpan now)
    {
        heard[(instance.Link, instance.Name)] = (instance, text);
        heardAt = now;
    }

    public bool Unhear(int link, DnsName name) => heard.Remove((link, name));

    public void UnhearLeaving()
    {
        foreach (var (key, (instance, _)) in heard)
        {
            if (instance.IsLeaving) heard.Remove(key);
        }
    }

    public void Answer(HubAnswer answer, TimeSpan now) => answered[answer.Target] = (answer, now);

    public bool Unanswer(SweepTarget target) => answered.Remove(target);

    /// <summary>An address at which it no longer answers is not its own any more, as long as it has another.</summary>
    public void UnanswerBefore(TimeSpan time)
    {
        foreach (var (target, (_, at)) in answered)
        {
            if (at < time && answered.Count > 1) answered.Remove(target);
        }
    }

    /// <summary>Where it can be asked, best first.</summary>
    public IReadOnlyList<(SweepTarget Target, bool IsTls)> Targets(IReadOnlyList<LocalInterface> interfaces) =>
        [.. answered.Values.Select(a => (a.Answer.Target, IsTls: a.Answer.CertificateFingerprint is not null))
            .Concat(heard.Values.SelectMany(h => h.Instance.Addresses.Select(a => (new SweepTarget(new(a, h.Instance.Service.Port)), h.Text.CertificateFingerprint is not null))))
            .Distinct()
            .OrderBy(t => HubAddresses.Rank(t.Item1.EndPoint.Address, interfaces))
            .ThenBy(t => t.Item1.Authority(withScope: true), StringComparer.Ordinal)];

    public FoundHub Build(IReadOnlyList<LocalInterface> interfaces)
    {
        var latest = answered.Values.OrderByDescending(a => a.At).Select(a => a.Answer).FirstOrDefault();
        var instance = heard.OrderBy(h => h.Value.Instance.IsLeaving).ThenBy(h => h.Key.Link).Select(h => h.Value).FirstOrDefault();
        var details = Details(latest, instance.Text);
        var targets = Targets(interfaces);
        return new FoundHub
        {
            Id = id,
            Name = HubName.Of(instance.Instance?.Name.Label, details, targets[0].Target.HostName ?? targets[0].Target.EndPoint.Address.ToString()),
            Addresses = [.. targets.Select(t => HubAddresses.UriOf(t.Target, t.IsTls)).DistinctBy(u => u.AbsoluteUri)],
            Path = latest?.Path ?? instance.Text.Path,
            CertificateFingerprint = latest?.CertificateFingerprint ?? instance.Text?.CertificateFingerprint,
            Details = details,
            Latency = latency,
            FoundBy = (IsAnswered ? FoundBy.Sweep : FoundBy.None) | (IsHeard ? FoundBy.Mdns : FoundBy.None),
        };
    }

    // An answer has all details, a TXT record as many as fit; a record that is newer than the answer overrides what it holds until the next answer.
    private IReadOnlyDictionary<string, string> Details(HubAnswer? latest, HubText? text)
    {
        if (latest is null) return text!.Details;
        if (text is null || answered.Values.Max(a => a.At) >= heardAt) return latest.Details;
        var details = new Dictionary<string, string>(latest.Details, StringComparer.Ordinal);
        foreach (var (key, value) in text.Details) details[key] = value;
        return details;
    }
}
