namespace Kodama.SocketIO;

/// <summary>The times of a server's sessions, in milliseconds.</summary>
internal sealed class SessionTimes(EngineOptions options)
{
    private const int TicksPerTime = 10;
    private const int ShortestTick = 10;
    private const int LongestTick = 1000;

    public long PingInterval { get; } = (long)options.PingInterval.TotalMilliseconds;

    public long PingTimeout { get; } = (long)options.PingTimeout.TotalMilliseconds;

    public long UpgradeTimeout { get; } = (long)options.UpgradeTimeout.TotalMilliseconds;

    /// <summary>How long a session that closes waits for a GET that takes what is left. Node's.</summary>
    public const long CloseTimeout = 30_000;

    /// <summary>How often all sessions are looked at: a tenth of the shortest time.</summary>
    public long Tick => Math.Clamp(Math.Min(PingInterval, Math.Min(PingTimeout, UpgradeTimeout)) / TicksPerTime, ShortestTick, LongestTick);
}
