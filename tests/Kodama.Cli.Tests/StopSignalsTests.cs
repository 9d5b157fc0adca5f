using Kodama.Cli;
using Kodama.Testing;

namespace Kodama.Cli.Tests;

public sealed class StopSignalsTests
{
    [Fact]
    public void Take_WithinASecondOfTheFirst_IsTheSameWish()
    {
        var clock = new FakeClock();
        using var signals = new StopSignals(clock);

        Assert.True(signals.Take());
        Assert.True(signals.Stopping.IsCancellationRequested);
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.True(signals.Take());
    }

    [Fact]
    public void Take_ASecondAfterTheFirst_IsLeftToTheSystem()
    {
        var clock = new FakeClock();
        using var signals = new StopSignals(clock);
        signals.Take();
        clock.Advance(TimeSpan.FromMilliseconds(600));
        signals.Take();
        clock.Advance(TimeSpan.FromMilliseconds(400));

        Assert.False(signals.Take());
    }
}
