namespace Kodama.Discovery;

/// <summary>
/// Asks three times whether our names are free (RFC 6762 section 8.1). The questions do not ask for unicast answers: where several
/// responders of a machine share the port, those may go to another (section 15.1).
/// </summary>
internal sealed class Prober(Agenda agenda, Random random, IMulticastLink link, Action won)
{
    private const int Probes = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Deferral = TimeSpan.FromSeconds(1);

    private Agenda.Appointment? next;
    private OwnRecords? records;

    /// <summary>Whose names are asked for.</summary>
    public void Use(OwnRecords records) => this.records = records;

    /// <param name="pause">How long to wait at least; what is random about the start comes on top.</param>
    public void Start(TimeSpan pause) => Plan(pause + random.NextDouble() * Interval, sent: 0);

    public void Stop() => next?.Cancel();

    /// <summary>Another asks for one of our names at the same time: who loses by <see cref="ProbeComparison"/> waits, and asks
    /// again.</summary>
    public void HearProbe(IReadOnlyList<DnsRecord> authorities)
    {
        if (records is null) return;
        var names = records.Unique.GroupBy(r => r.Name);
        if (names.Any(ours => authorities.Where(a => a.Name.Equals(ours.Key)).ToList() is { Count: > 0 } theirs
            && ProbeComparison.Compare(ours, theirs) < 0))
        {
            Plan(Deferral, sent: 0);
        }
    }

    private void Plan(TimeSpan delay, int sent)
    {
        next?.Cancel();
        next = agenda.In(delay, () => Step(sent));
    }

    private void Step(int sent)
    {
        if (sent == Probes)
        {
            won();
            return;
        }
        var registration = records!.Registration;
        var probe = new DnsMessage
        {
            Questions = [new(registration.Instance, DnsType.Any), new(registration.Host, DnsType.Any)],
            Authorities = [.. records.Unique.Select(r => r with { CacheFlush = false })],
        };
        foreach (var packet in DnsPackets.Split(probe)) link.Send(packet);
        Plan(Interval, sent + 1);
    }
}
