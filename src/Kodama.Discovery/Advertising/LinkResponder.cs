namespace Kodama.Discovery;

/// <summary>
/// The responder on one link: probes for its names, announces its records and then answers for them (RFC 6762 sections 6 to 10). Reads no
/// socket; its service's lock covers every call.
/// </summary>
internal sealed class LinkResponder
{
    private static readonly TimeSpan AnnounceAgain = TimeSpan.FromSeconds(1);

    private readonly ServiceResponder service;
    private readonly IMulticastLink link;
    private readonly Agenda agenda;
    private readonly Prober prober;
    private readonly AnswerQueue queue;
    private readonly QuestionAnswers answers;
    private Agenda.Appointment? announceAgain;

    public LinkResponder(ServiceResponder service, IMulticastLink link, Agenda agenda, Random random, OwnRecords records)
    {
        (this.service, this.link, this.agenda, Records) = (service, link, agenda, records);
        prober = new Prober(agenda, random, link, Announce);
        queue = new AnswerQueue(agenda, link);
        answers = new QuestionAnswers(this, queue, link, agenda, random);
    }

    public OwnRecords Records { get; private set; }

    /// <summary>Whether the names are won: from then on they are defended.</summary>
    public bool IsAnnounced { get; private set; }

    /// <summary>Asks for the names, whether they were ours before or not.</summary>
    public void Probe(TimeSpan pause)
    {
        Silence();
        queue.Use(Records);
        prober.Use(Records);
        prober.Start(pause);
    }

    /// <summary>Begins anew under other names.</summary>
    public void Rename(OwnRecords records, TimeSpan pause)
    {
        if (IsAnnounced) Send(Records.GivenUp.Where(r => records.Find(r) is null));
        Records = records;
        Probe(pause);
    }

    /// <summary>Says what has changed under the same names (RFC 6762 section 8.4).</summary>
    public void Update(OwnRecords records)
    {
        var gone = Records.Unique.Where(old => !records.Unique.Any(r => r.Type == old.Type && r.Name.Equals(old.Name))).ToList();
        Records = records;
        prober.Use(records);
        if (!IsAnnounced) return;
        if (gone.Count > 0) Send(gone.Select(r => r with { Ttl = 0 }));
        Announce();
    }

    public void SayGoodbye()
    {
        if (IsAnnounced) Send(Records.Goodbye);
        Silence();
    }

    public void Silence()
    {
        IsAnnounced = false;
        prober.Stop();
        queue.Clear();
        answers.Clear();
        announceAgain?.Cancel();
    }

    public void Receive(DnsMessage message, MulticastPacket packet)
    {
        if (message.IsResponse)
        {
            // What was said to this machine alone, the others have not heard: it neither takes a name nor answers for us.
            if (packet.IsFromResponder && packet.ToMulticast) Hear([.. message.Answers, .. message.Additionals]);
            return;
        }
        // A probe of our own, on another link that leads to the same network or back to this one.
        if (message.Authorities.Count > 0 && message.Authorities.All(service.IsOurs)) return;
        if (IsAnnounced) answers.Take(message, packet);
        else prober.HearProbe(message.Authorities);
    }

    private void Announce()
    {
        IsAnnounced = true;
        queue.Use(Records);
        queue.Add(Records.All, TimeSpan.Zero);
        announceAgain?.Cancel();
        announceAgain = agenda.In(AnnounceAgain, () => queue.Add(Records.All, TimeSpan.Zero));
    }

    private void Hear(IReadOnlyList<DnsRecord> heard)
    {
        foreach (var record in heard.Where(r => r.Ttl > 0 && !service.IsOurs(r)))
        {
            if (TakenBy(record) is not { } taken) continue;
            if (IsAnnounced) service.ProbeAgain(this);
            else service.Rename(taken);
            return;
        }
        if (!IsAnnounced) return;
        foreach (var record in heard)
        {
            if (Records.Find(record) is not { } own) continue;
            // Who hears the other believes it for too short a time, or not at all (sections 6.6 and 10.1).
            if (record.Ttl < own.Ttl / 2) answers.SayAgain(own);
            else if (record.Ttl >= own.Ttl) queue.Suppress(own);
        }
    }

    // While we ask for a name, any record of it says that it is taken; later, one of a type that is ours (section 9).
    private TakenName? TakenBy(DnsRecord record)
    {
        if (record.Class != DnsClass.Internet || record.Type == DnsType.Nsec) return null;
        if (IsAnnounced && !Records.Unique.Any(r => r.Type == record.Type && r.Name.Equals(record.Name))) return null;
        return record.Name.Equals(Records.Registration.Instance) ? TakenName.Instance
            : record.Name.Equals(Records.Registration.Host) ? TakenName.Host
            : null;
    }

    private void Send(IEnumerable<DnsRecord> records)
    {
        foreach (var packet in DnsPackets.Split(AnswerQueue.Response([.. records], []))) link.Send(packet);
    }
}
