using System.Diagnostics.CodeAnalysis;

namespace Kodama.Discovery;

/// <summary>
/// The hubs of a scan, merged from both ways by id and certificate, bounded. Changes are kept as the difference between what is and what
/// was told, so that a reader that is slow misses what has passed meanwhile and nothing piles up. Not thread-safe.
/// </summary>
internal sealed class HubTable(ScanSettings settings)
{
    public const int MaxHubs = 1024;

    // The rest of a hub's goodbyes, or its new name, follow within this; a goodbye must be told within half a second.
    private static readonly TimeSpan GoodbyeGrace = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan MaxRetry = TimeSpan.FromSeconds(2);

    // What others say of a hub must not make it be asked without end; nor must many that are made up.
    private static readonly TimeSpan BetweenChecks = TimeSpan.FromSeconds(1);
    private const int MaxChecksPerSecond = 256;

    private readonly RateLimit checks = new(MaxChecksPerSecond);
    private readonly Dictionary<HubKey, HubEntry> entries = [];
    // Which hub an instance was last heard as; it may have forgotten it since.
    private readonly Dictionary<(int Link, DnsName Name), HubEntry> heard = [];
    private readonly Dictionary<HubKey, FoundHub> told = [];
    private readonly List<HubKey> changed = [];

    /// <summary>Of this machine, as of the last look; addresses are ordered by them.</summary>
    public IReadOnlyList<LocalInterface> Interfaces { get; set; } = [];

    public int Count => entries.Count;

    public bool Has(HubEntry entry) => entries.TryGetValue(entry.Key, out var current) && current == entry;

    public void Heard(InstanceChange change, TimeSpan now)
    {
        var instance = change.Instance;
        var text = change.IsGone ? null : HubText.Decode(instance.Text.Pairs);
        HubKey? key = text is null ? null : HubKey.Of(text);
        // An instance that begins anew has another id under the same name.
        if (heard.TryGetValue((instance.Link, instance.Name), out var before) && before.Key != key)
        {
            heard.Remove((instance.Link, instance.Name));
            if (before.Unhear(instance.Link, instance.Name) && Has(before)) Touch(before);
        }
        if (text is null || GetOrAdd(HubKey.Of(text), instance.Latency, now, isNews: !instance.IsLeaving) is not { } entry) return;
        entry.Hear(instance, text, now);
        heard[(instance.Link, instance.Name)] = entry;
        if (entry.IsLeaving) entry.CheckAt = now + GoodbyeGrace;
        else if (entry.IsAnswered && entry.FailedAt is null) entry.CheckAt = Earlier(entry.CheckAt, now);
        Touch(entry);
    }

    public void Answered(HubAnswer answer, TimeSpan now)
    {
        var key = HubKey.Of(answer);
        foreach (var other in entries.Values.Where(e => e.Key != key).ToList())
        {
            if (other.Unanswer(answer.Target)) Touch(other);
        }
        if (GetOrAdd(key, answer.Latency, now, isNews: true, answers: true) is not { } entry) return;
        entry.Answer(answer, now);
        Alive(entry, now);
        Touch(entry);
    }

    /// <summary>Takes that every address of the sweep was asked since a time: what has not answered since is no address of a hub any more,
    /// if it has another.</summary>
    public void Swept(TimeSpan since)
    {
        foreach (var entry in entries.Values.ToList())
        {
            entry.UnanswerBefore(since);
            Touch(entry);
        }
    }

    /// <summary>The hubs to look after now, each until <see cref="Checked"/>.</summary>
    public IReadOnlyList<HubEntry> TakeDue(TimeSpan now)
    {
        var due = new List<HubEntry>();
        foreach (var entry in entries.Values.Where(e => !e.IsChecking && DueAt(e) <= now).OrderBy(DueAt).ToList())
        {
            if (!checks.TryTake(now)) break;
            entry.IsChecking = true;
            entry.CheckedAt = entry.IsLeaving ? entry.CheckedAt with { AfterGoodbye = now } : entry.CheckedAt with { Usual = now };
            due.Add(entry);
        }
        return due;
    }

    public TimeSpan NextDue() =>
        Later(entries.Values.Where(e => !e.IsChecking).Select(DueAt).DefaultIfEmpty(TimeSpan.MaxValue).Min(), checks.FreeAt);

    /// <summary>How a check has gone.</summary>
    /// <param name="entry">Which was due.</param>
    /// <param name="answers">What was said at its addresses, by it or by others; empty if nobody answered.</param>
    /// <param name="sinceHeard">How long ago mDNS heard of it, if it did.</param>
    /// <param name="now">The time.</param>
    public void Checked(HubEntry entry, IReadOnlyList<HubAnswer> answers, TimeSpan? sinceHeard, TimeSpan now)
    {
        entry.IsChecking = false;
        if (!Has(entry)) return;
        foreach (var answer in answers)
        {
            var isOwn = HubKey.Of(answer) == entry.Key;
            entry.Judge(answer.Target, isOwn);
            // Where another answers nothing is left of it.
            if (!isOwn && Has(entry)) Touch(entry);
            if (settings.Sweeps && (!isOwn || entry.IsAnswered)) Answered(answer, now);
        }
        if (answers.Any(a => HubKey.Of(a) == entry.Key))
        {
            if (entry.IsLeaving) entry.UnhearLeaving();
            Alive(entry, now);
            Touch(entry);
            return;
        }
        if (!Has(entry)) return;
        if (entry.IsLeaving)
        {
            Remove(entry);
        }
        else if (entry.FailedAt is not { } failedAt)
        {
            entry.FailedAt = now;
            entry.CheckAt = now + Earlier(settings.WatchInterval / 2, MaxRetry);
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
            var key = changed[0];
            changed.RemoveAt(0);
            var before = told.GetValueOrDefault(key);
            if (!entries.TryGetValue(key, out var entry))
            {
                if (told.Remove(key)) change = new HubChange(HubChangeKind.Lost, before!);
                continue;
            }
            var hub = entry.Build(Interfaces);
            if (before is not null && IsSame(before, hub)) continue;
            told[key] = hub;
            change = new HubChange(before is null ? HubChangeKind.Found : HubChangeKind.Changed, hub);
        }
        return change is not null;
    }

    private static bool IsSame(FoundHub left, FoundHub right) =>
        left.Name == right.Name && left.Cluster == right.Cluster && left.Path == right.Path
        && left.CertificateFingerprint == right.CertificateFingerprint && left.FoundBy == right.FoundBy
        && left.Addresses.Select(a => a.AbsoluteUri).SequenceEqual(right.Addresses.Select(a => a.AbsoluteUri))
        && left.Details.Count == right.Details.Count
        && left.Details.All(d => right.Details.TryGetValue(d.Key, out var value) && value == d.Value);

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Later(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan DueAt(HubEntry entry) =>
        (entry.IsLeaving ? entry.CheckedAt.AfterGoodbye : entry.CheckedAt.Usual) is { } last
            ? Later(entry.CheckAt, last + BetweenChecks)
            : entry.CheckAt;

    // Whoever answers is there; what was only heard of makes room for it.
    private HubEntry? GetOrAdd(HubKey key, TimeSpan latency, TimeSpan now, bool isNews, bool answers = false)
    {
        if (entries.TryGetValue(key, out var entry)) return entry;
        if (!isNews) return null;
        if (entries.Count >= MaxHubs)
        {
            if (!answers || entries.Values.Where(e => !e.IsAnswered).MinBy(e => e.Since) is not { } oldest) return null;
            Remove(oldest);
        }
        entry = new HubEntry(key, latency, now) { CheckAt = now + settings.WatchInterval };
        entries.Add(key, entry);
        return entry;
    }

    private void Alive(HubEntry entry, TimeSpan now)
    {
        entry.FailedAt = null;
        if (!entry.IsLeaving) entry.CheckAt = now + settings.WatchInterval;
    }

    private void Touch(HubEntry entry)
    {
        if (entry.IsNowhere) Remove(entry);
        else if (!changed.Contains(entry.Key)) changed.Add(entry.Key);
    }

    private void Remove(HubEntry entry)
    {
        entries.Remove(entry.Key);
        changed.Remove(entry.Key);
        if (told.ContainsKey(entry.Key)) changed.Add(entry.Key);
    }
}
