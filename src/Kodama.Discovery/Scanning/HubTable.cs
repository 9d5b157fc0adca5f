using System.Diagnostics.CodeAnalysis;

namespace Kodama.Discovery;

/// <summary>
/// The hubs of a scan, merged by id from both ways, bounded. Changes are kept as the difference between what is and what was told, so that a
/// reader that is slow misses what has passed meanwhile and nothing piles up. Not thread-safe.
/// </summary>
internal sealed class HubTable(ScanSettings settings)
{
    public const int MaxHubs = 1024;

    // The rest of a hub's goodbyes, or its new name, follow within this; a goodbye must be told within half a second.
    private static readonly TimeSpan GoodbyeGrace = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan MaxRetry = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, HubEntry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FoundHub> told = new(StringComparer.Ordinal);
    private readonly List<string> changed = [];

    /// <summary>Of this machine, as of the last look; addresses are ordered by them.</summary>
    public IReadOnlyList<LocalInterface> Interfaces { get; set; } = [];

    public int Count => entries.Count;

    public bool Has(HubEntry entry) => entries.TryGetValue(entry.Id, out var current) && current == entry;

    public void Heard(InstanceChange change, TimeSpan now)
    {
        var instance = change.Instance;
        var text = change.IsGone ? null : HubText.Decode(instance.Text.Pairs);
        // An instance that begins anew has another id under the same name.
        foreach (var other in entries.Values.Where(e => e.Id != text?.Id).ToList())
        {
            if (other.Unhear(instance.Link, instance.Name)) Touch(other);
        }
        if (text is null || GetOrAdd(text.Id, instance.Latency, now, isNews: !instance.IsLeaving) is not { } entry) return;
        entry.Hear(instance, text, now);
        if (entry.IsLeaving) entry.CheckAt = now + GoodbyeGrace;
        else if (entry.IsAnswered && entry.FailedAt is null) entry.CheckAt = Earlier(entry.CheckAt, now);
        Touch(entry);
    }

    public void Answered(HubAnswer answer, TimeSpan now)
    {
        var id = answer.Id ?? answer.Target.Authority(withScope: true);
        foreach (var other in entries.Values.Where(e => e.Id != id).ToList())
        {
            if (other.Unanswer(answer.Target)) Touch(other);
        }
        if (GetOrAdd(id, answer.Latency, now, isNews: true) is not { } entry) return;
        entry.Answer(answer, now);
        entry.UnanswerBefore(now - (settings.WatchInterval * 2) - settings.HostTimeout);
        Alive(entry, now);
        Touch(entry);
    }

    /// <summary>The hubs to look after now, each until <see cref="Checked"/>.</summary>
    public IReadOnlyList<HubEntry> TakeDue(TimeSpan now)
    {
        var due = entries.Values.Where(e => !e.IsChecking && e.CheckAt <= now).ToList();
        foreach (var entry in due) entry.IsChecking = true;
        return due;
    }

    public TimeSpan NextDue() => entries.Values.Where(e => !e.IsChecking).Select(e => e.CheckAt).DefaultIfEmpty(TimeSpan.MaxValue).Min();

    /// <summary>How a check has gone.</summary>
    /// <param name="entry">Which was due.</param>
    /// <param name="answer">What it said; null if it did not answer.</param>
    /// <param name="sinceHeard">How long ago mDNS heard of it, if it did.</param>
    /// <param name="now">The time.</param>
    public void Checked(HubEntry entry, HubAnswer? answer, TimeSpan? sinceHeard, TimeSpan now)
    {
        entry.IsChecking = false;
        if (!Has(entry)) return;
        var isOther = answer?.Id is { } id && id != entry.Id;
        if (answer is not null && settings.Sweeps && (isOther || entry.IsAnswered)) Answered(answer, now);
        if (!entries.ContainsKey(entry.Id)) return;
        if (answer is not null && !isOther)
        {
            if (entry.IsLeaving) entry.UnhearLeaving();
            Alive(entry, now);
            Touch(entry);
        }
        else if (isOther || entry.IsLeaving)
        {
            Remove(entry);
        }
        else if (entry.FailedAt is not { } failedAt)
        {
            entry.FailedAt = now;
            entry.CheckAt = now + (settings.WatchInterval / 2 < MaxRetry ? settings.WatchInterval / 2 : MaxRetry);
        }
        else if (sinceHeard is { } since && now - since >= failedAt)
        {
            Alive(entry, now);
        }
        else
        {
            Remove(entry);
        }
    }

    /// <summary>The next thing to tell.</summary>
    public bool TryTake([NotNullWhen(true)] out HubChange? change)
    {
        change = null;
        while (change is null && changed.Count > 0)
        {
            var id = changed[0];
            changed.RemoveAt(0);
            var before = told.GetValueOrDefault(id);
            if (!entries.TryGetValue(id, out var entry))
            {
                if (told.Remove(id)) change = new HubChange(HubChangeKind.Lost, before!);
                continue;
            }
            var hub = entry.Build(Interfaces);
            if (before is not null && IsSame(before, hub)) continue;
            told[id] = hub;
            change = new HubChange(before is null ? HubChangeKind.Found : HubChangeKind.Changed, hub);
        }
        return change is not null;
    }

    private static bool IsSame(FoundHub left, FoundHub right) =>
        left.Name == right.Name && left.Path == right.Path && left.CertificateFingerprint == right.CertificateFingerprint && left.FoundBy == right.FoundBy
        && left.Addresses.Select(a => a.AbsoluteUri).SequenceEqual(right.Addresses.Select(a => a.AbsoluteUri))
        && left.Details.Count == right.Details.Count && left.Details.All(d => right.Details.TryGetValue(d.Key, out var value) && value == d.Value);

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private HubEntry? GetOrAdd(string id, TimeSpan latency, TimeSpan now, bool isNews)
    {
        if (entries.TryGetValue(id, out var entry)) return entry;
        if (!isNews || entries.Count >= MaxHubs) return null;
        entry = new HubEntry(id, latency) { CheckAt = now + settings.WatchInterval };
        entries.Add(id, entry);
        return entry;
    }

    private void Alive(HubEntry entry, TimeSpan now)
    {
        entry.FailedAt = null;
        if (!entry.IsLeaving) entry.CheckAt = now + settings.WatchInterval;
    }

    private void Touch(HubEntry entry)
    {
        if (entry is { IsHeard: false, IsAnswered: false }) Remove(entry);
        else if (!changed.Contains(entry.Id)) changed.Add(entry.Id);
    }

    private void Remove(HubEntry entry)
    {
        entries.Remove(entry.Id);
        changed.Remove(entry.Id);
        if (told.ContainsKey(entry.Id)) changed.Add(entry.Id);
    }
}
