namespace Kodama.SocketIO.Tests;

public sealed class SessionHeartbeatTests
{
    private static readonly EngineOptions Options = new();

    [Fact]
    public void Ping_LateByATick_LeavesTheClientItsTime()
    {
        var heartbeat = new SessionHeartbeat(TimeSpan.Zero);

        Assert.Equal(SessionHeartbeat.Due.Ping, Tick(ref heartbeat, 25_900));
        Assert.Equal(SessionHeartbeat.Due.Nothing, Tick(ref heartbeat, 44_999));
        Assert.Equal(SessionHeartbeat.Due.End, Tick(ref heartbeat, 45_000));
    }

    [Fact]
    public void Machine_ThatSlept_EndsNobodyAtOnce()
    {
        var heartbeat = new SessionHeartbeat(TimeSpan.Zero);

        Assert.Equal(SessionHeartbeat.Due.Ping, Tick(ref heartbeat, 3_600_000));
        Assert.Equal(SessionHeartbeat.Due.Nothing, Tick(ref heartbeat, 3_618_999));
        Assert.Equal(SessionHeartbeat.Due.End, Tick(ref heartbeat, 3_619_000));
    }

    [Fact]
    public void Pong_Unasked_PutsThePingOff()
    {
        var heartbeat = new SessionHeartbeat(TimeSpan.Zero);

        Assert.Equal(SessionHeartbeat.Due.Nothing, Tick(ref heartbeat, 20_000, answered: true));
        Assert.Equal(SessionHeartbeat.Due.Nothing, Tick(ref heartbeat, 44_999));
        Assert.Equal(SessionHeartbeat.Due.Ping, Tick(ref heartbeat, 45_000));
    }

    [Theory]
    [InlineData(25_000, 20_000, 1000)]
    [InlineData(300, 200, 20)]
    [InlineData(5, 5, 10)]
    public void Tick_IsATenthOfTheShortestTime(int interval, int timeout, int tick)
    {
        var options = new EngineOptions
        {
            PingInterval = TimeSpan.FromMilliseconds(interval), PingTimeout = TimeSpan.FromMilliseconds(timeout),
        };

        Assert.Equal(TimeSpan.FromMilliseconds(tick), SessionHeartbeat.TickInterval(options));
    }

    private static SessionHeartbeat.Due Tick(ref SessionHeartbeat heartbeat, int now, bool answered = false) =>
        heartbeat.Tick(TimeSpan.FromMilliseconds(now), answered, answered, busy: false, Options, EngineVersion.V4);
}
