namespace Kodama.Discovery;

/// <summary>What was heard on each link (RFC 6762 section 10), bounded. Not thread-safe.</summary>
internal sealed class RecordCache(Random random, int maxRecords = RecordCache.DefaultMaxRecords)
{
    public const int DefaultMaxRecords = 4096;

    // Sections 10.1 and 10.2: what says goodbye or is replaced stays for a second, as other packets may still bring it back.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // The longest that the protocol itself uses is 75 minutes; what claims more is asked for again by then.
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(75);

    // What claims to end sooner would be asked for without end; legacy answers hold for as long (section 6.7).
    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(10);

    // Of each set but the one of the instances: a host's addresses of a family, or what one second's grace leaves of an instance's own
    // records.
    private const int MaxPerSet = 8;

    // What is evicted at once, so that it is not looked for with each record.
    private const int EvictedShare = 16;

    private readonly Dictionary<RecordKey, Dictionary<DnsData, CachedRecord>> sets = [];

    public int Count { get; private set; }

    public IEnumerable<CachedRecord> All => sets.Values.SelectMany(s => s.Values);

    /// <summary>Takes a record. One that is new to a full set is not taken; to a full cache, if others than pointers can make
    /// room.</summary>
    public void Add(int link, DnsRecord record, Origin origin, TimeSpan now)
    {
        var key = new RecordKey(link, record.Name, record.Type);
        if (!sets.TryGetValue(key, out var set)) set = [];
        var known = set.GetValueOrDefault(record.Data);
        if (record.Ttl == 0)
        {
            known?.LeaveAt(now + Grace);
            return;
        }
        if (record.CacheFlush)
        {
            // Those of the last second came by the same announcement.
            foreach (var older in set.Values)
            {
                if (older != known && now - older.HeardAt > Grace) older.LeaveAt(now + Grace);
            }
        }
        if (known is null)
        {
            if (record.Type != DnsType.Ptr && set.Values.Count(r => !r.IsLeaving) >= MaxPerSet) return;
            if (Count >= maxRecords && !TryEvict()) return;
            // Eviction may have ended the set.
            set = sets.GetValueOrDefault(key, set);
            known = new CachedRecord(link, record, origin.Source);
            set.Add(record.Data, known);
            sets[key] = set;
            Count++;
        }
        var lifetime = TimeSpan.FromSeconds(record.Ttl);
        if (lifetime > MaxLifetime) lifetime = MaxLifetime;
        known.Hear(record, lifetime < MinLifetime ? MinLifetime : lifetime, origin.ToOwnPort, now, random);
    }

    public IReadOnlyCollection<CachedRecord> Find(int link, DnsName name, DnsType type) =>
        sets.TryGetValue(new(link, name, type), out var set) ? set.Values : [];

    public bool Has(int link, DnsName name, DnsData data) =>
        sets.TryGetValue(new(link, name, data.Type), out var set) && set.ContainsKey(data);

    /// <summary>The one that was heard last, of a set in which there can be but one.</summary>
    public CachedRecord? Latest(int link, DnsName name, DnsType type) => Find(link, name, type).MaxBy(r => (!r.IsLeaving, r.HeardAt));

    /// <summary>Forgets what no longer holds.</summary>
    public void Expire(TimeSpan now) => Remove(r => r.ExpiresAt <= now);

    public void Remove(Predicate<CachedRecord> match)
    {
        foreach (var (key, set) in sets)
        {
            foreach (var (data, record) in set)
            {
                if (match(record) && set.Remove(data)) Count--;
            }
            if (set.Count == 0) sets.Remove(key);
        }
    }

    public void Remove(int link, DnsName name, DnsType type)
    {
        if (sets.Remove(new(link, name, type), out var set)) Count -= set.Count;
    }

    public void Remove(int link, DnsName name, DnsType type, DnsData data)
    {
        if (!sets.TryGetValue(new(link, name, type), out var set) || !set.Remove(data)) return;
        Count--;
        if (set.Count == 0) sets.Remove(new(link, name, type));
    }

    /// <summary>The sets that must be asked for again now; each is told once for each time.</summary>
    public IReadOnlyList<(int Link, DnsQuestion Question)> TakeRefreshes(TimeSpan now)
    {
        var due = new List<(int, DnsQuestion)>();
        foreach (var record in All.Where(r => r.RefreshAt <= now))
        {
            record.Refreshed(random);
            due.Add((record.Link, new DnsQuestion(record.Record.Name, record.Record.Type)));
        }
        return [.. due.Distinct()];
    }

    /// <summary>When <see cref="Expire"/> or <see cref="TakeRefreshes"/> has something to do.</summary>
    public TimeSpan NextDue()
    {
        var next = TimeSpan.MaxValue;
        foreach (var record in All)
        {
            if (record.ExpiresAt < next) next = record.ExpiresAt;
            if (record.RefreshAt < next) next = record.RefreshAt;
        }
        return next;
    }

    // What was not heard for longest goes; what is still needed of it is asked for again. Pointers have bounds of their own.
    private bool TryEvict()
    {
        var evicted = All.Where(r => r.Record.Type != DnsType.Ptr).OrderBy(r => r.HeardAt)
            .Take(Math.Max(1, maxRecords / EvictedShare)).ToHashSet();
        Remove(evicted.Contains);
        return evicted.Count > 0;
    }
}
