namespace Kodama.Discovery;

/// <summary>What was asked by multicast within the last second, here or by another host: its answers reach all, so it is not asked again
/// (RFC 6762 sections 5.2 and 7.3).</summary>
internal sealed class RecentQuestions
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<RecordKey, TimeSpan> asked = [];

    /// <summary>Whether it may be asked now; it then counts as asked.</summary>
    public bool TryAsk(int link, DnsQuestion question, TimeSpan now)
    {
        var key = new RecordKey(link, question.Name, question.Type);
        if (asked.TryGetValue(key, out var at) && now - at < Interval) return false;
        asked[key] = now;
        return true;
    }

    /// <summary>Forgets what may be asked again.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var (key, at) in asked)
        {
            if (now - at >= Interval) asked.Remove(key);
        }
    }
}
