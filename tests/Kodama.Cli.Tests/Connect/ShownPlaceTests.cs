using Kodama.Cli.Connect;
using Kodama.Testing;

namespace Kodama.Cli.Tests.Connect;

public sealed class ShownPlaceTests
{
    private readonly FakeClock clock = new();
    private readonly ShownPlace shown;

    public ShownPlaceTests() => shown = new ShownPlace(clock);

    [Fact]
    public void Shown_NothingToldOrAllOfIt_WaitsForNothing()
    {
        Assert.True(shown.ShownAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        shown.Show(5);
        shown.Tell(5);
        Assert.True(shown.ShownAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Shown_TellingThatIsAhead_WaitsUntilThatIsShown()
    {
        shown.Tell(7);
        var waiting = shown.ShownAsync(CancellationToken.None).AsTask();

        shown.Show(6);
        Assert.False(waiting.IsCompleted);
        shown.Show(7);

        await waiting.Within();
    }

    [Fact]
    public async Task Shown_WhatNeverComes_IsWaitedForOnceAndNotForEver()
    {
        shown.Tell(7);
        var waiting = shown.ShownAsync(CancellationToken.None).AsTask();

        clock.Advance(TimeSpan.FromSeconds(5));

        await waiting.Within();
        Assert.True(shown.ShownAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        shown.Tell(8);
        Assert.False(shown.ShownAsync(CancellationToken.None).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Shown_Cancelled_SaysSo()
    {
        shown.Tell(7);
        using var cancel = new CancellationTokenSource();
        var waiting = shown.ShownAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
    }
}
