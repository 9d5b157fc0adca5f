namespace Kodama.Discovery;

/// <summary>Asks for the records that an instance still lacks: at once, and a few times more with growing waits.</summary>
internal sealed class MissingRecords
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9)];

    private readonly Dictionary<(int Link, DnsName Name, DnsType Type), Attempt> attempts = [];

    public TimeSpan NextDue => attempts.Count == 0 ? TimeSpan.MaxValue : attempts.Values.Min(a => a.DueAt);

    /// <summary>Whether it is asked for.</summary>
    public bool Has(int link, DnsName name, DnsType type) => attempts.ContainsKey((link, name, type));

    /// <summary>Takes what is missing now; what no longer is, is forgotten.</summary>
    public void Update(IReadOnlySet<(int Link, DnsName Name, DnsType Type)> missing, TimeSpan now)
    {
        foreach (var key in attempts.Keys)
        {
            if (!missing.Contains(key)) attempts.Remove(key);
        }
        foreach (var key in missing) attempts.TryAdd(key, new Attempt(0, now));
    }

    /// <summary>The questions that are due. The first goes out by the own port, which is fastest; those after it by both.</summary>
    public IEnumerable<(int Link, DnsQuestion Question, QuestionPort Port)> Take(TimeSpan now)
    {
        var due = attempts.Where(a => a.Value.DueAt <= now).ToList();
        foreach (var (key, attempt) in due)
        {
            attempts[key] = new Attempt(attempt.Number + 1, attempt.Number < Waits.Length ? now + Waits[attempt.Number] : TimeSpan.MaxValue);
            yield return (key.Link, new DnsQuestion(key.Name, key.Type), attempt.Number == 0 ? QuestionPort.Own : QuestionPort.Both);
        }
    }

    private readonly record struct Attempt(int Number, TimeSpan DueAt);
}
