namespace Kodama.SocketIO;

/// <summary>When a session pings, and when it has waited long enough. Times are those of a clock that never goes back.</summary>
/// <remarks>
/// v4: the server pings after an interval, and again an interval after the pong; while it waits, any packet starts the timeout anew. v3:
/// the client pings.
/// </remarks>
internal struct SessionHeartbeat(TimeSpan now)
{
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);
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

    /// <summary>How often sessions are to be looked at: a tenth of the shorter time.</summary>
    public static TimeSpan TickInterval(EngineOptions options)
    {
        var tenth = (options.PingInterval < options.PingTimeout ? options.PingInterval : options.PingTimeout) / 10;
        return tenth < ShortestTick ? ShortestTick : tenth > LongestTick ? LongestTick : tenth;
    }

    /// <param name="now">The time.</param>
    /// <param name="heard">Whether any packet has come since the last call.</param>
    /// <param name="answered">Whether one of them was a pong.</param>
    /// <param name="busy">Whether a packet is being handled: nothing is read meanwhile, and no answer can be expected.</param>
    /// <param name="options">The server's times.</param>
    /// <param name="version">The client's revision.</param>
    public Due Tick(TimeSpan now, bool heard, bool answered, bool busy, EngineOptions options, EngineVersion version)
    {
        if (heard || busy) heardAt = now;
        if (version == EngineVersion.V3) return now - heardAt >= options.PingInterval + options.PingTimeout ? Due.End : Due.Nothing;
        if (answered)
        {
            answeredAt = now;
            pingedAt = Never;
        }
        if (pingedAt != Never)
        {
            var waitsSince = heardAt > pingedAt ? heardAt : pingedAt;
            return now - waitsSince >= options.PingTimeout ? Due.End : Due.Nothing;
        }
        var late = now - answeredAt - options.PingInterval;
        if (late < TimeSpan.Zero) return Due.Nothing;
        // A tick comes a little late, which is not the client's time; a machine that slept is not the client's fault.
        var tick = TickInterval(options);
        pingedAt = now - (late < tick ? late : tick);
        return Due.Ping;
    }
}
