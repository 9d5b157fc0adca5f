using Kodama.Testing;

namespace Kodama.Discovery.Tests;

public class InterfaceChangesTests
{
    [Fact]
    public void Changed_EverySecond_WithoutSleep()
    {
        var clock = new FakeClock();
        var seen = new List<bool>();
        using var changes = new InterfaceChanges(clock, seen.Add);

        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal([false, false, false], seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Changed_AfterAJumpOfTheClocks_SaysThatTheMachineSlept(bool timestamps)
    {
        var clock = new JumpingClock();
        var seen = new List<bool>();
        using var changes = new InterfaceChanges(clock, seen.Add);

        clock.Jump = TimeSpan.FromHours(8);
        clock.JumpsTimestamps = timestamps;
        clock.Inner.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([true, false], seen);
    }

    private sealed class JumpingClock : TimeProvider
    {
        public FakeClock Inner { get; } = new();
        public TimeSpan Jump { get; set; }
        public bool JumpsTimestamps { get; set; }

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow() + Jump;

        public override long GetTimestamp() => Inner.GetTimestamp() + (JumpsTimestamps ? Jump.Ticks : 0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Inner.CreateTimer(callback, state, dueTime, period);
    }
}
