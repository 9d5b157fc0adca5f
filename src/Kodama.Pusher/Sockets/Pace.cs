namespace Kodama.Pusher;

/// <summary>What a connection may do: so many at once, and so many more in each second. Not thread-safe.</summary>
internal struct Pace
{
    // When all of them are to be had again, by the time's clock.
    private long full;

    /// <summary>Takes one. Zero; or how long it is until there is one to take, and none is taken.</summary>
    public TimeSpan Take(TimeProvider time, int atOnce, int perSecond)
    {
        var now = time.GetTimestamp();
        var one = time.TimestampFrequency / perSecond;
        var taken = Math.Max(full, now) + one;
        var early = taken - now - (atOnce * one);
        if (early > 0) return time.GetElapsedTime(0, early);
        full = taken;
        return TimeSpan.Zero;
    }
}
