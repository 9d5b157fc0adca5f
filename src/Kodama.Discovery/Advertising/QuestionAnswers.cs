namespace Kodama.Discovery;

/// <summary>How a question is answered: to all or to the asker, now or a little later, or not (RFC 6762 sections 5.4, 6 and 7).</summary>
internal sealed class QuestionAnswers
{
    private const uint LegacyTtl = 10;
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DelaySpread = TimeSpan.FromMilliseconds(100);

    private readonly LinkResponder responder;
    private readonly AnswerQueue queue;
    private readonly IMulticastLink link;
    private readonly Agenda agenda;
    private readonly Random random;
    private readonly TruncatedQuestions truncated;
    private readonly UnicastLimit limit = new();

    public QuestionAnswers(LinkResponder responder, AnswerQueue queue, IMulticastLink link, Agenda agenda, Random random)
    {
        (this.responder, this.queue, this.link, this.agenda, this.random) = (responder, queue, link, agenda, random);
        truncated = new TruncatedQuestions(agenda, random, AnswerAll);
    }

    public void Take(DnsMessage message, MulticastPacket packet)
    {
        if (!packet.IsFromResponder)
        {
            AnswerLegacy(message, packet);
            return;
        }
        var known = message with { Answers = [.. message.Answers.Where(a => responder.Records.Find(a) is not null)] };
        var toAsker = packet.ToMulticast ? AnswersToAsker(known) : AnswersTo(known, _ => true);
        if (toAsker.Count > 0)
            SendToAsker(DnsPackets.Split(AnswerQueue.Response(toAsker, [.. responder.Records.Additional(toAsker)])), packet);
        if (!packet.ToMulticast) return;
        var toAll = known with { Questions = [.. known.Questions.Where(q => !AnsweredBy(toAsker, q))] };
        if (!truncated.Take(toAll, packet.Source)) AnswerAll(toAll);
    }

    /// <summary>To all, though nobody asked.</summary>
    public void SayAgain(DnsRecord record) => queue.Add([record], Delay());

    public void Clear() => truncated.Clear();

    // What is ours alone needs no delay: nobody else answers (section 6). A probe is answered before it is over.
    private void AnswerAll(DnsMessage message)
    {
        var answers = AnswersTo(message, _ => true);
        var probe = message.Authorities.Count > 0;
        if (answers.Count > 0) queue.Add(answers, probe || answers.All(a => a.CacheFlush) ? TimeSpan.Zero : Delay(), probe);
    }

    // Plain DNS, as from a scanner with a port of its own (section 6.7).
    private void AnswerLegacy(DnsMessage message, MulticastPacket packet)
    {
        var answers = AnswersTo(message, _ => true);
        if (answers.Count == 0) return;
        var response = AnswerQueue.Response([.. answers.Select(Legacy)], [.. responder.Records.Additional(answers).Select(Legacy)]);
        var questions = message.Questions.Select(q => q with { UnicastResponse = false });
        SendToAsker([DnsPackets.Legacy(response with { Id = message.Id, Questions = [.. questions] })], packet);
    }

    private static DnsRecord Legacy(DnsRecord record) => record with { Ttl = Math.Min(record.Ttl, LegacyTtl), CacheFlush = false };

    // Who defends a name does so before all.
    private List<DnsRecord> AnswersToAsker(DnsMessage message) =>
        message.Authorities.Count > 0 ? [] : [.. AnswersTo(message, q => q.UnicastResponse).Where(queue.WasSentLately)];

    // Those that the asker knows for at least half of their time are not said (section 7.1).
    private List<DnsRecord> AnswersTo(DnsMessage message, Func<DnsQuestion, bool> which)
    {
        var answers = message.Questions.Distinct().Where(which).SelectMany(responder.Records.Answer).Distinct();
        return [.. answers.Where(a => !message.Answers.Any(known => known.Ttl >= a.Ttl / 2 && known.IsSame(a)))];
    }

    private bool AnsweredBy(List<DnsRecord> told, DnsQuestion question) =>
        told.Count > 0 && responder.Records.Answer(question).All(told.Contains);

    // A source address can be forged, but then at least is one of a neighbour (section 11).
    private void SendToAsker(IReadOnlyList<byte[]> packets, MulticastPacket question)
    {
        if (!link.Interface.IsOnLink(question.Source.Address) || !limit.TryTake(agenda.Now)) return;
        foreach (var packet in packets) link.SendTo(packet, question.Source);
    }

    private TimeSpan Delay() => MinDelay + random.NextDouble() * DelaySpread;
}
