using System.Net;

namespace Kodama.Discovery;

/// <summary>Questions whose known answers go on in further packets: their answer waits for those, 400 to 500 ms (RFC 6762 section
/// 7.2).</summary>
internal sealed class TruncatedQuestions(Agenda agenda, Random random, Action<DnsMessage> complete)
{
    private const int MaxAskers = 64;
    private const int MaxRecords = 256;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<IPEndPoint, (DnsMessage Message, Agenda.Appointment End)> waiting = [];

    /// <summary>Whether a question waits now, or was completed by this; if not, it is to be answered as any other.</summary>
    /// <param name="message">A question, its known answers no more than those that are ours.</param>
    /// <param name="asker">Who asks.</param>
    public bool Take(DnsMessage message, IPEndPoint asker)
    {
        if (waiting.Remove(asker, out var begun))
        {
            begun.End.Cancel();
            message = message with
            {
                Questions = [.. begun.Message.Questions, .. message.Questions],
                Answers = [.. begun.Message.Answers, .. message.Answers],
            };
            if (!message.IsTruncated || message.Questions.Count + message.Answers.Count > MaxRecords)
            {
                complete(message);
                return true;
            }
        }
        else if (!message.IsTruncated || waiting.Count >= MaxAskers)
        {
            return false;
        }
        waiting[asker] = (message, agenda.In(Wait + random.NextDouble() * Spread, () => End(asker)));
        return true;
    }

    public void Clear()
    {
        foreach (var (_, end) in waiting.Values) end.Cancel();
        waiting.Clear();
    }

    private void End(IPEndPoint asker)
    {
        if (waiting.Remove(asker, out var question)) complete(question.Message);
    }
}
