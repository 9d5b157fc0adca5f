namespace Kodama.Discovery;

/// <summary>So many in a second and no more. Times are of a clock that never goes back. Not thread-safe.</summary>
internal sealed class RateLimit(int perSecond)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private TimeSpan windowEnd;
    private int count;

    /// <summary>When there is one to be had; in the past if now.</summary>
    public TimeSpan FreeAt => count < perSecond ? TimeSpan.Zero : windowEnd;

    public bool TryTake(TimeSpan now)
    {
        if (now >= windowEnd) (windowEnd, count) = (now + Window, 0);
        if (count >= perSecond) return false;
        count++;
        return true;
    }
}
