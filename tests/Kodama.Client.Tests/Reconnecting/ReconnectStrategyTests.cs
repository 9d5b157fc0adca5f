namespace Kodama.Client.Tests.Reconnecting;

public sealed class ReconnectStrategyTests
{
    private static readonly Exception Cause = new InvalidOperationException();

    [Fact]
    public void Exponential_WithoutJitter_DoublesUpToTheMaximum() =>
        Assert.Equal([1, 2, 4, 8, 16, 30, 30], Delays(ReconnectStrategy.Exponential(jitter: 0), 7));

    [Fact]
    public void Exponential_FarOut_StaysAtTheMaximum()
    {
        var strategy = ReconnectStrategy.Exponential(jitter: 0);

        Assert.Equal(TimeSpan.FromSeconds(30), strategy.Next(int.MaxValue, Cause));
        Assert.Equal(TimeSpan.Zero, ReconnectStrategy.Exponential(initial: TimeSpan.Zero).Next(int.MaxValue, Cause));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(0.5, 10)]
    [InlineData(0.75, 11)]
    public void Exponential_Jitter_SpreadsBothWays(double random, double seconds)
    {
        var strategy = new ExponentialStrategy(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), 2, 0.2, null, () => random);

        Assert.Equal(seconds, strategy.Next(1, Cause)!.Value.TotalSeconds, 6);
    }

    [Fact]
    public void Exponential_Default_StaysWithinItsJitterAndUsesAllOfIt()
    {
        var strategy = ReconnectStrategy.Exponential();

        var delays = Enumerable.Range(0, 2000).Select(_ => strategy.Next(3, Cause)!.Value.TotalSeconds).ToList();

        Assert.All(delays, d => Assert.InRange(d, 3.2, 4.8));
        Assert.True(delays.Min() < 3.4 && delays.Max() > 4.6, $"Only from {delays.Min()} to {delays.Max()}.");
    }

    [Fact]
    public void Linear_Delays_GrowByTheIncrementUpToTheMaximum()
    {
        var strategy = ReconnectStrategy.Linear(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));

        Assert.Equal([2, 5, 8, 10, 10], Delays(strategy, 5));
        Assert.Equal(TimeSpan.FromSeconds(10), strategy.Next(int.MaxValue, Cause));
    }

    [Fact]
    public void Fixed_Delays_StayTheSameForEver()
    {
        var strategy = ReconnectStrategy.Fixed(TimeSpan.FromSeconds(40));

        Assert.Equal([40, 40, 40], Delays(strategy, 3));
        Assert.Equal(TimeSpan.FromSeconds(40), strategy.Next(int.MaxValue, Cause));
    }

    [Fact]
    public void None_Next_GivesUp() => Assert.Null(ReconnectStrategy.None.Next(1, Cause));

    [Fact]
    public void Custom_Next_IsWhatItSays()
    {
        var strategy = ReconnectStrategy.Custom((attempt, cause) => cause == Cause ? TimeSpan.FromSeconds(attempt * 7) : null);

        Assert.Equal(TimeSpan.FromSeconds(21), strategy.Next(3, Cause));
        Assert.Null(strategy.Next(3, new TimeoutException()));
    }

    [Fact]
    public void Strategies_BeyondTheirAttempts_GiveUp()
    {
        ReconnectStrategy[] strategies =
        [
            ReconnectStrategy.Exponential(maxAttempts: 2),
            ReconnectStrategy.Linear(maxAttempts: 2),
            ReconnectStrategy.Fixed(maxAttempts: 2),
        ];

        Assert.All(strategies, s => Assert.NotNull(s.Next(2, Cause)));
        Assert.All(strategies, s => Assert.Null(s.Next(3, Cause)));
    }

    [Fact]
    public void Strategies_ArgumentsThatMakeNoSense_AreRefused()
    {
        var minute = TimeSpan.FromMinutes(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Exponential(factor: 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Exponential(factor: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Exponential(jitter: 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Exponential(jitter: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Exponential(initial: minute));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Linear(initial: -minute));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Linear(increment: -minute));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Fixed(-minute));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReconnectStrategy.Fixed(maxAttempts: -1));
    }

    private static double[] Delays(ReconnectStrategy strategy, int count) =>
        [.. Enumerable.Range(1, count).Select(n => strategy.Next(n, Cause)!.Value.TotalSeconds)];
}
