namespace Kodama;

/// <summary>
/// Which connection of a session, of those at other hubs, was the newest lately: one that is on its way in here may be older. Bounded; what
/// is older than the time that an entrance takes is forgotten. Thread-safe.
/// </summary>
internal sealed class SeatMemory(TimeProvider time)
{
    private const int Most = 16 * 1024;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private Dictionary<string, long> now = new(StringComparer.Ordinal);
    private Dictionary<string, long> before = new(StringComparer.Ordinal);
    private long since = time.GetTimestamp();

    public void Note(string session, long seat)
    {
        lock (gate)
        {
            if (now.Count >= Most || time.GetElapsedTime(since) >= Turn)
            {
                (before, now) = (now, new(StringComparer.Ordinal));
                since = time.GetTimestamp();
            }
            now[session] = Math.Max(seat, now.GetValueOrDefault(session));
        }
    }

    /// <summary>Whether a newer connection of the session was told of.</summary>
    public bool HasNewer(string session, long seat)
    {
        lock (gate) return Math.Max(now.GetValueOrDefault(session), before.GetValueOrDefault(session)) > seat;
    }
}
