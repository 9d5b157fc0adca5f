namespace Kodama.SocketIO;

/// <summary>When a session pings, and when it has waited long enough. Times are those of a clock that never goes back.</summary>
/// <remarks>
/// v4: the server pings after an interval, and again an interval after the pong; while it waits, any packet starts the timeout anew. v3:
/// the client pings.
/// </remarks>
internal struct SessionHeartbeat(TimeSpan now)
{
    private static readonly TimeSpan Never = TimeSpan.MinValue;

    private TimeSpan answeredAt = now;
    private TimeSpan heardAt = now;
    private TimeSpan pingedAt = Never;

    public enum Due
    {
        Nothing,
        Ping,
        End,
    }

    /// <summary>How often sessions are to be looked at: a tenth of the shorter time, from 10 ms to 1 s.</summary>
    public static TimeSpan TickInterval(EngineOptions options) => TimeSpan.FromMilliseconds(
        Math.Clamp(Math.Min(options.PingInterval.TotalMilliseconds, options.PingTimeout.TotalMilliseconds) / 10, 10, 1000));

    /// <summary>Looks at the clock. While a packet is being handled (busy) nothing is read, and no answer can be expected.</summary>
    public Due Tick(TimeSpan now, bool heard, bool answered, bool busy, EngineOptions options, EngineVersion version)
    {
        if (heard || busy) heardAt = now;
        if (version == EngineVersion.V3) return now - heardAt >= options.PingInterval + options.PingTimeout ? Due.End : Due.Nothing;
        if (answered)
        {
            answeredAt = now;
            pingedAt = Never;
        }
        if (pingedAt != Never) return now - (heardAt > pingedAt ? heardAt : pingedAt) >= options.PingTimeout ? Due.End : Due.Nothing;
        var late = now - answeredAt - options.PingInterval;
        if (late < TimeSpan.Zero) return Due.Nothing;
        // A tick comes a little late, which is not the client's time; a machine that slept is not the client's fault.
        var tick = TickInterval(options);
        pingedAt = now - (late < tick ? late : tick);
        return Due.Ping;
    }
}
