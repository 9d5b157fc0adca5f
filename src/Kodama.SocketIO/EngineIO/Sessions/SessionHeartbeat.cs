namespace Kodama.SocketIO;

/// <summary>The times of a server's sessions, in milliseconds.</summary>
internal sealed class SessionTimes(EngineOptions options)
{
    private const int TicksPerTime = 10;
    private const int ShortestTick = 10;
    private const int LongestTick = 1000;

    /// <summary>How long a session that closes waits for a GET that takes what is left. Node's.</summary>
    public const long CloseTimeout = 30_000;

    public long PingInterval { get; } = (long)options.PingInterval.TotalMilliseconds;

    public long PingTimeout { get; } = (long)options.PingTimeout.TotalMilliseconds;

    public long UpgradeTimeout { get; } = (long)options.UpgradeTimeout.TotalMilliseconds;

    /// <summary>How often all sessions are looked at: a tenth of the shorter time.</summary>
    public long Tick => Math.Clamp(Math.Min(PingInterval, PingTimeout) / TicksPerTime, ShortestTick, LongestTick);
}

/// <summary>When a session pings, and when it has waited long enough. All times in milliseconds of a clock that never goes back.</summary>
/// <remarks>
/// v4: the server pings after an interval, and again an interval after the pong; while it waits, any packet starts the timeout anew. v3:
/// the client pings.
/// </remarks>
internal struct SessionHeartbeat(long now)
{
    private const long Never = -1;

    private long answeredAt = now;
    private long heardAt = now;
    private long pingedAt = Never;

    public enum Due
    {
        Nothing,
        Ping,
        End,
    }

    /// <param name="now">The time.</param>
    /// <param name="heard">Whether any packet has come since the last call.</param>
    /// <param name="answered">Whether one of them was a pong.</param>
    /// <param name="busy">Whether a packet is being handled: nothing is read meanwhile, and no answer can be expected.</param>
    /// <param name="limits">The server's times.</param>
    /// <param name="version">The client's revision.</param>
    public Due Tick(long now, bool heard, bool answered, bool busy, SessionTimes limits, EngineVersion version)
    {
        if (heard || busy) heardAt = now;
        if (version == EngineVersion.V3) return now - heardAt >= limits.PingInterval + limits.PingTimeout ? Due.End : Due.Nothing;
        if (answered)
        {
            answeredAt = now;
            pingedAt = Never;
        }
        if (pingedAt != Never) return now - Math.Max(pingedAt, heardAt) >= limits.PingTimeout ? Due.End : Due.Nothing;
        var late = now - answeredAt - limits.PingInterval;
        if (late < 0) return Due.Nothing;
        // A tick comes a little late, which is not the client's time; a machine that slept is not the client's fault.
        pingedAt = now - Math.Min(late, limits.Tick);
        return Due.Ping;
    }
}
