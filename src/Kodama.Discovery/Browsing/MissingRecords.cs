namespace Kodama.Discovery;

/// <summary>Asks for the records that an instance still lacks: at once, and a few times more with growing waits.</summary>
internal sealed class MissingRecords
{
    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9)];

    // Who tells of many instances and keeps their records back makes each browser ask that many questions.
    private const int MaxInFlight = 32;

    private readonly Dictionary<RecordKey, Attempt> attempts = [];

    /// <summary>When <see cref="Take"/> has something to say, but for what waits for others to be answered.</summary>
    public TimeSpan NextDue
    {
        get
        {
            var inFlight = InFlight();
            return attempts
                .Where(a => a.Value.Number > 0 || HasRoom(inFlight, a.Key.Link))
                .Select(a => a.Value.DueAt).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        }
    }

    /// <summary>Whether it is asked for.</summary>
    public bool Has(int link, DnsName name, DnsType type) => attempts.ContainsKey(new(link, name, type));

    /// <summary>Takes what is missing now; what no longer is, is forgotten.</summary>
    public void Update(IReadOnlySet<RecordKey> missing, TimeSpan now)
    {
        foreach (var key in attempts.Keys)
        {
            if (!missing.Contains(key)) attempts.Remove(key);
        }
        foreach (var key in missing) attempts.TryAdd(key, new Attempt(0, now));
    }

    /// <summary>The questions that are due. The first goes out by the own port, which is fastest; those after it by both.</summary>
    public IEnumerable<DueQuestion> Take(TimeSpan now)
    {
        var inFlight = InFlight();
        foreach (var (key, attempt) in attempts.Where(a => a.Value.DueAt <= now).ToList())
        {
            if (attempt.Number == 0)
            {
                if (!HasRoom(inFlight, key.Link)) continue;
                inFlight[key.Link] = inFlight.GetValueOrDefault(key.Link) + 1;
            }
            attempts[key] = new Attempt(
                attempt.Number + 1, attempt.Number < Waits.Length ? now + Waits[attempt.Number] : TimeSpan.MaxValue);
            yield return new(key.Link, new DnsQuestion(key.Name, key.Type), attempt.Number == 0 ? QuestionPort.Own : QuestionPort.Both);
        }
    }

    // Asked for at least once, and to be asked for again.
    private Dictionary<int, int> InFlight() =>
        attempts.Where(a => a.Value.Number > 0 && a.Value.DueAt < TimeSpan.MaxValue).CountBy(a => a.Key.Link).ToDictionary();

    private static bool HasRoom(Dictionary<int, int> inFlight, int link) => inFlight.GetValueOrDefault(link) < MaxInFlight;

    private sealed record Attempt(int Number, TimeSpan DueAt);
}
