namespace Kodama.Discovery;

/// <summary>
/// Slows down where names are fought over: after 15 conflicts within 10 s, 5 s before each further attempt (RFC 6762 section 8.1), until
/// there was none for a minute.
/// </summary>
internal sealed class ConflictRate
{
    private const int Limit = 15;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Peace = TimeSpan.FromMinutes(1);

    private readonly Queue<TimeSpan> conflicts = new();
    private TimeSpan last;
    private bool slow;

    /// <summary>Counts a conflict, and says how long to wait before the next probe at least.</summary>
    public TimeSpan Count(TimeSpan now)
    {
        conflicts.Enqueue(now);
        if (conflicts.Count > Limit) conflicts.Dequeue();
        slow = (slow && now - last < Peace) || (conflicts.Count == Limit && now - conflicts.Peek() <= Window);
        last = now;
        return slow ? Pause : TimeSpan.Zero;
    }
}
