namespace Kodama.WebSockets;

/// <summary>What a connection does at a tick.</summary>
internal enum HeartbeatState
{
    /// <summary>It reads.</summary>
    Listening,

    /// <summary>It does not read while a message is handled: no answer can be expected.</summary>
    Handling,

    /// <summary>It waits for the other side's goodbye.</summary>
    Closing,
}

/// <summary>What is due.</summary>
internal enum HeartbeatAction
{
    Nothing,
    Ping,

    /// <summary>A ping was not answered in time.</summary>
    Abort,

    /// <summary>The other side did not say goodbye in time. Answered at every tick from then on.</summary>
    GiveUp,
}

/// <summary>When a connection pings, and when it has waited long enough. All times in milliseconds of a clock that never goes
/// back.</summary>
internal struct Heartbeat
{
    private const long Never = -1;

    private long silentSince = Never;
    private long pingedAt = Never;
    private long closingSince = Never;

    public Heartbeat()
    {
    }

    public HeartbeatAction Tick(long now, HeartbeatState state, bool heard, ConnectionOptions options)
    {
        if (state == HeartbeatState.Closing)
        {
            if (closingSince == Never) closingSince = now;
            else if (now - closingSince >= options.CloseTimeout.TotalMilliseconds) return HeartbeatAction.GiveUp;
            return HeartbeatAction.Nothing;
        }
        if (heard || silentSince == Never)
        {
            silentSince = now;
            pingedAt = Never;
        }
        if (pingedAt == Never)
        {
            if (options.PingInterval <= TimeSpan.Zero || now - silentSince < options.PingInterval.TotalMilliseconds)
                return HeartbeatAction.Nothing;
            // While nothing is read a ping cannot be answered, but to send is to find out that the other side is gone.
            if (state == HeartbeatState.Handling) silentSince = now;
            else pingedAt = now;
            return HeartbeatAction.Ping;
        }
        if (state == HeartbeatState.Handling)
        {
            silentSince = now;
            pingedAt = Never;
            return HeartbeatAction.Nothing;
        }
        return now - pingedAt >= options.PongTimeout.TotalMilliseconds ? HeartbeatAction.Abort : HeartbeatAction.Nothing;
    }
}
