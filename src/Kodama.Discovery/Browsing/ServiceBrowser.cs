using System.Net;

namespace Kodama.Discovery;

/// <summary>
/// Browses for the instances of a service type (RFC 6763 sections 4 and 12, RFC 6762 section 5), without I/O: takes messages and the time,
/// and says what to ask and what has changed. Times are of a clock that never goes back. Not thread-safe.
/// </summary>
internal sealed class ServiceBrowser(DnsName service, Random random)
{
    // They fit into four packets. Who is left out answers without need, once in as long as it takes to ask again.
    private const int MaxKnownAnswers = 64;

    // An answer by multicast may be held back for half a second, for known answers of a truncated question (RFC 6762 section 7.2).
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);

    // What is lost is looked for anew, but not for each of many that are lost at once.
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromSeconds(10);

    private readonly RecordCache cache = new(random);
    private readonly MissingRecords missing = new();
    private readonly RecentQuestions recent = new();
    private readonly Dictionary<int, QuestionSchedule> schedules = [];
    private readonly List<(int Link, DnsQuestion Question)> verifications = [];
    private Dictionary<(int Link, DnsName Name), ServiceInstance> instances = [];

    public int Records => cache.Count;

    public int Instances => instances.Count;

    /// <summary>When <see cref="TakeQuestions"/> or <see cref="TakeChanges"/> has something to say, if nothing arrives before.</summary>
    public TimeSpan NextDue
    {
        get
        {
            if (verifications.Count > 0) return TimeSpan.Zero;
            var next = cache.NextDue();
            if (missing.NextDue < next) next = missing.NextDue;
            foreach (var schedule in schedules.Values)
            {
                if (schedule.NextDue < next) next = schedule.NextDue;
            }
            return next;
        }
    }

    /// <summary>Begins on a link, or begins anew: after sleep, or with other addresses.</summary>
    public void AddLink(int link, TimeSpan now) => schedules[link] = new QuestionSchedule(now);

    public void RemoveLink(int link)
    {
        schedules.Remove(link);
        cache.Remove(r => r.Link == link);
    }

    /// <summary>Takes a message that came in by a link, from port 5353 of a host on it; if it is a question, one that all on the link have
    /// heard.</summary>
    public void Receive(int link, DnsMessage message, Origin origin, TimeSpan now)
    {
        if (!message.IsStandard || !schedules.ContainsKey(link)) return;
        if (!message.IsResponse)
        {
            HearQuestions(link, message, origin, now);
            return;
        }
        var room = new InstanceRoom(cache, service, link, origin.Source);
        // Only what leads to an instance is kept, and so in the order in which one thing leads to the next.
        var records = message.Answers.Concat(message.Additionals).Where(r => r.Class == DnsClass.Internet).ToList();
        foreach (var record in records)
        {
            if (record.Data is not PtrData pointer || !record.Name.Equals(service) || !IsInstance(pointer.Target)) continue;
            if (IsKnown(link, pointer.Target) || (record.Ttl > 0 && room.TryMake())) cache.Add(link, record, origin, now);
        }
        var hosts = new HashSet<DnsName>();
        foreach (var record in records)
        {
            if (record.Data is not (SrvData or TxtData) || !IsKnown(link, record.Name)) continue;
            cache.Add(link, record, origin, now);
            if (record.Data is SrvData srv) hosts.Add(srv.Target);
        }
        foreach (var record in records)
        {
            if (record.Data is not AddressData host || !HostAddress.IsPlausible(host.Address, origin.IsOwnMachine)) continue;
            if (hosts.Contains(record.Name) || IsHost(link, record.Name, record.Type)) cache.Add(link, record, origin, now);
        }
    }

    /// <summary>Asks whether an instance is still there; an answer counts as heard.</summary>
    public void Verify(DnsName instance)
    {
        foreach (var link in schedules.Keys.Where(link => IsKnown(link, instance)))
            verifications.Add((link, new DnsQuestion(instance, DnsType.Srv)));
    }

    /// <summary>Forgets an instance that does not answer (RFC 6762 section 10.4), and looks for it anew; when it is heard again it is as
    /// one that is new.</summary>
    public void Forget(DnsName instance, TimeSpan now)
    {
        foreach (var link in schedules.Keys.Where(link => IsKnown(link, instance)).ToList())
        {
            if (now - schedules[link].StartedAt >= BetweenStarts) AddLink(link, now);
        }
        cache.Remove(r => r.Record.Name.Equals(instance) || (r.Record.Data is PtrData pointer && pointer.Target.Equals(instance)));
        foreach (var key in instances.Keys.Where(k => k.Name.Equals(instance)).ToList()) instances.Remove(key);
    }

    /// <summary>When anything was last heard of an instance on any link; null if it is not known.</summary>
    public TimeSpan? HeardAt(DnsName instance) =>
        cache.All
            .Where(r => !r.IsLeaving
                && (r.Record.Name.Equals(instance) || (r.Record.Data is PtrData pointer && pointer.Target.Equals(instance))))
            .Select(r => (TimeSpan?)r.HeardAt).Max();

    /// <summary>What must leave now.</summary>
    public IReadOnlyList<OutgoingQuestion> TakeQuestions(TimeSpan now)
    {
        cache.Expire(now);
        recent.Expire(now);
        missing.Update(FindMissing(), now);
        var due = new List<DueQuestion>();
        foreach (var link in schedules.Keys)
        {
            var schedule = schedules[link];
            var ports = schedule.Take(now);
            schedules[link] = schedule;
            if (ports != QuestionPort.None) due.Add(new(link, new DnsQuestion(service, DnsType.Ptr), ports, true));
        }
        due.AddRange(verifications.Select(v => new DueQuestion(v.Link, v.Question, QuestionPort.Both)));
        verifications.Clear();
        due.AddRange(cache.TakeRefreshes(now)
            .Select(r => new DueQuestion(r.Link, r.Question, QuestionPort.Multicast, r.Question.Type == DnsType.Ptr)));
        due.AddRange(missing.Take(now));
        return [.. from port in (QuestionPort[])[QuestionPort.Own, QuestionPort.Multicast]
                   from asked in due.Where(d => d.Port.HasFlag(port)).GroupBy(d => d.Link)
                   let questions = asked.Select(d => d.Question).Distinct()
                       .Where(q => port == QuestionPort.Own || recent.TryAsk(asked.Key, q, now)).ToList()
                   where questions.Count > 0
                   let known = asked.Where(d => d.WithAnswers).Select(d => d.Question).Intersect(questions)
                       .SelectMany(q => KnownAnswers(asked.Key, q, now)).Take(MaxKnownAnswers).ToList()
                   select new OutgoingQuestion(asked.Key, port, new DnsMessage { Questions = questions, Answers = known })];
    }

    /// <summary>What has changed since the last call.</summary>
    public IReadOnlyList<InstanceChange> TakeChanges(TimeSpan now)
    {
        cache.Expire(now);
        var current = new Dictionary<(int, DnsName), ServiceInstance>();
        var changes = new List<InstanceChange>();
        var hosts = new Dictionary<(int, DnsName), IReadOnlyList<IPAddress>>();
        foreach (var (link, name, isLeaving) in Pointers())
        {
            if (Resolve(link, name, isLeaving, hosts) is not { } instance) continue;
            if (instances.TryGetValue((link, name), out var before) && before.IsSame(instance))
            {
                current.Add((link, name), before);
                continue;
            }
            instance = instance with { Latency = before?.Latency ?? LatencyOf(link, now) };
            current.Add((link, name), instance);
            changes.Add(new InstanceChange(instance, IsGone: false));
        }
        changes.AddRange(instances.Where(i => !current.ContainsKey(i.Key)).Select(i => new InstanceChange(i.Value, IsGone: true)));
        instances = current;
        return changes;
    }

    // RFC 6762 section 7.3: what another asks, while knowing no answer that is not known here, is as good as asked.
    private void HearQuestions(int link, DnsMessage message, Origin origin, TimeSpan now)
    {
        if (origin.IsOwnMachine || message.IsTruncated) return;
        foreach (var question in message.Questions)
        {
            if (question.UnicastResponse || !IsAskedFor(link, question)) continue;
            if (message.Answers.Where(question.Asks).All(a => cache.Has(link, a.Name, a.Data))) recent.TryAsk(link, question, now);
        }
    }

    private bool IsAskedFor(int link, DnsQuestion question) => question.Type switch
    {
        DnsType.Ptr => question.Name.Equals(service),
        DnsType.Srv or DnsType.Txt => IsKnown(link, question.Name),
        DnsType.A or DnsType.Aaaa => IsHost(link, question.Name, question.Type),
        _ => false,
    };

    private ServiceInstance? Resolve(int link, DnsName name, bool isLeaving, Dictionary<(int, DnsName), IReadOnlyList<IPAddress>> hosts)
    {
        if (cache.Latest(link, name, DnsType.Srv) is not { Record.Data: SrvData srv } located || srv.Port == 0) return null;
        if (cache.Latest(link, name, DnsType.Txt)?.Record.Data is not TxtData text) return null;
        // Many may name the same host.
        if (!hosts.TryGetValue((link, srv.Target), out var addresses))
            hosts.Add((link, srv.Target), addresses = AddressesOf(link, srv.Target));
        return addresses.Count == 0 ? null : new ServiceInstance(link, name, srv, text, addresses, isLeaving || located.IsLeaving);
    }

    // While some of a host's addresses leave and others stay, those that stay count.
    private List<IPAddress> AddressesOf(int link, DnsName host)
    {
        var records = cache.Find(link, host, DnsType.A).Concat(cache.Find(link, host, DnsType.Aaaa)).ToList();
        var staying = records.Where(r => !r.IsLeaving).ToList();
        return [.. (staying.Count > 0 ? staying : records)
            .Select(r => Scoped(((AddressData)r.Record.Data).Address, link))
            .OrderBy(a => a.ToString(), StringComparer.Ordinal)];
    }

    private static IPAddress Scoped(IPAddress address, int link) =>
        address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes(), link) : address;

    private HashSet<RecordKey> FindMissing()
    {
        var found = new HashSet<RecordKey>();
        foreach (var (link, name, isLeaving) in Pointers())
        {
            if (isLeaving) continue;
            var srv = cache.Latest(link, name, DnsType.Srv)?.Record.Data as SrvData;
            if (srv is null) found.Add(new(link, name, DnsType.Srv));
            if (cache.Latest(link, name, DnsType.Txt) is null) found.Add(new(link, name, DnsType.Txt));
            if (srv is null || cache.Find(link, srv.Target, DnsType.A).Count + cache.Find(link, srv.Target, DnsType.Aaaa).Count > 0)
                continue;
            found.Add(new(link, srv.Target, DnsType.A));
            found.Add(new(link, srv.Target, DnsType.Aaaa));
        }
        return found;
    }

    private IEnumerable<(int Link, DnsName Name, bool IsLeaving)> Pointers() =>
        from link in schedules.Keys
        from pointer in cache.Find(link, service, DnsType.Ptr)
        select (link, ((PtrData)pointer.Record.Data).Target, pointer.IsLeaving);

    private IEnumerable<DnsRecord> KnownAnswers(int link, DnsQuestion question, TimeSpan now) =>
        cache.Find(link, question.Name, question.Type).Where(r => r.IsFresh(now)).Select(r => r.Remaining(now));

    private TimeSpan LatencyOf(int link, TimeSpan now) =>
        now - schedules[link].AskedAt is var since && since < LongestAnswer ? since : TimeSpan.Zero;

    private bool IsInstance(DnsName name) => !name.IsRoot && name.Parent.Equals(service);

    private bool IsKnown(int link, DnsName instance) =>
        IsInstance(instance) && cache.Has(link, service, new PtrData(instance));

    // A host is one whose addresses are known already, or asked for.
    private bool IsHost(int link, DnsName name, DnsType type) =>
        missing.Has(link, name, type) || cache.Find(link, name, DnsType.A).Count + cache.Find(link, name, DnsType.Aaaa).Count > 0;
}
