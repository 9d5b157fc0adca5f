namespace Kodama.Pusher;

/// <summary>How many client events a connection may say: so many in a second, and no more than that at once.</summary>
internal struct EventPace
{
    private long since;
    private int said;

    /// <summary>Whether there is one left in this second.</summary>
    public bool TryTake(TimeProvider time, int most)
    {
        var now = time.GetTimestamp();
        if (said == 0 || time.GetElapsedTime(since, now) >= TimeSpan.FromSeconds(1)) (since, said) = (now, 0);
        return said++ < most;
    }
}
