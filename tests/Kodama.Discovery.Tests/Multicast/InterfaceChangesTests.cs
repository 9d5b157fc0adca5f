using Kodama.Testing;

namespace Kodama.Discovery.Tests;

public class InterfaceChangesTests
{
    [Fact]
    public void Changed_WhateverHappens_IsSaidEvery5Seconds()
    {
        var clock = new FakeClock();
        var seen = new List<bool>();
        using var changes = new InterfaceChanges(clock, () => "", seen.Add);

        clock.Advance(TimeSpan.FromSeconds(14));

        Assert.Equal([false, false], seen);
    }

    [Fact]
    public void Changed_AfterAnotherAddress_IsSaidWithinASecond()
    {
        var clock = new FakeClock();
        var seen = new List<bool>();
        var addresses = "one";
        using var changes = new InterfaceChanges(clock, () => addresses, seen.Add);

        addresses = "two";
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal([false], seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Changed_AfterAJumpOfTheClocks_SaysThatTheMachineSlept(bool timestamps)
    {
        var clock = new JumpingClock();
        var seen = new List<bool>();
        using var changes = new InterfaceChanges(clock, () => "", seen.Add);

        clock.Jump = TimeSpan.FromHours(8);
        clock.JumpsTimestamps = timestamps;
        clock.Inner.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([true], seen);
    }

    private sealed class JumpingClock : TimeProvider
    {
        public FakeClock Inner { get; } = new();
        public TimeSpan Jump { get; set; }
        public bool JumpsTimestamps { get; set; }

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow() + Jump;

        public override long GetTimestamp() => Inner.GetTimestamp() + (JumpsTimestamps ? Jump.Ticks : 0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Inner.CreateTimer(callback, state, dueTime, period);
    }
}
