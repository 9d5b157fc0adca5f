namespace Kodama.Discovery;

/// <summary>
/// Records that are about to be multicast on a link, and when each was last: those of several questions leave together, none twice within a
/// second (RFC 6762 section 6), and those that another says meanwhile not at all (section 7.4).
/// </summary>
internal sealed class AnswerQueue(Agenda agenda, IMulticastLink link)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // In defence of a name that another probes for, who waits no longer than that.
    private static readonly TimeSpan DefenceInterval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<DnsRecord, Waiting> waiting = [];
    private readonly Dictionary<Sent, TimeSpan> lastSent = [];
    private Agenda.Appointment? next;
    private OwnRecords? records;

    /// <summary>From now on these are ours: others that wait are forgotten.</summary>
    public void Use(OwnRecords records)
    {
        this.records = records;
        foreach (var record in waiting.Keys.Where(r => records.Find(r) is null).ToList()) waiting.Remove(record);
        foreach (var key in lastSent.Keys.Where(k => !records.All.Any(r => k.Equals(Key(r)))).ToList()) lastSent.Remove(key);
    }

    public void Add(IEnumerable<DnsRecord> answers, TimeSpan delay, bool defence = false)
    {
        var now = agenda.Now;
        foreach (var answer in answers)
        {
            var notBefore = lastSent.TryGetValue(Key(answer), out var last) ? last + (defence ? DefenceInterval : Interval) : TimeSpan.Zero;
            var due = now + delay > notBefore ? now + delay : notBefore;
            if (!waiting.TryGetValue(answer, out var known) || due < known.Due) waiting[answer] = new(due, notBefore);
        }
        Flush();
    }

    /// <summary>Another has said it for us.</summary>
    public void Suppress(DnsRecord record) => waiting.Remove(record);

    public void Clear()
    {
        waiting.Clear();
        next?.Cancel();
    }

    /// <summary>Whether all have it from us for the next three quarters of its time (RFC 6762 section 5.4).</summary>
    public bool WasSentLately(DnsRecord record) =>
        lastSent.TryGetValue(Key(record), out var last) && agenda.Now - last < TimeSpan.FromSeconds(record.Ttl) / 4;

    private void Flush()
    {
        next?.Cancel();
        var now = agenda.Now;
        if (waiting.Count == 0) return;
        if (waiting.Values.Min(w => w.Due) is var due && due > now)
        {
            next = agenda.At(due, Flush);
            return;
        }
        Send([.. records!.InOrder(waiting.Where(w => w.Value.NotBefore <= now).Select(w => w.Key))]);
        Flush();
    }

    private void Send(List<DnsRecord> answers)
    {
        var additionals = records!.Additional(answers).ToList();
        foreach (var answer in answers) waiting.Remove(answer);
        foreach (var additional in additionals) waiting.Remove(additional);
        foreach (var sent in answers.Concat(additionals)) lastSent[Key(sent)] = agenda.Now;
        foreach (var packet in DnsPackets.Split(Response(answers, additionals))) link.Send(packet);
    }

    internal static DnsMessage Response(IReadOnlyList<DnsRecord> answers, IReadOnlyList<DnsRecord> additionals) =>
        new() { Flags = DnsFlags.Response | DnsFlags.Authoritative, Answers = answers, Additionals = additionals };

    // Of records that replace all others of their name and type, the data may have changed in between.
    private static Sent Key(DnsRecord record) => new(record.Name, record.Type, record.CacheFlush ? null : record.Data);

    private sealed record Waiting(TimeSpan Due, TimeSpan NotBefore);

    private sealed record Sent(DnsName Name, DnsType Type, DnsData? Data);
}
