using Kodama.Client.Connecting;
using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

public sealed class StaggeredRaceTests
{
    private readonly FakeClock clock = new();

    [Fact]
    public async Task Race_FirstThatIsSilent_LetsTheSecondBeginAfterAMoment()
    {
        var silent = new Runner();
        var second = new Runner();
        var race = StaggeredRace.RunAsync<Prize>([silent.RunAsync, second.RunAsync], clock, CancellationToken.None);
        await silent.Begun.Within();

        clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(second.Begun.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await second.Begun.Within();
        var prize = second.Arrive();

        Assert.Same(prize, await race.Within());
        Assert.True(silent.IsCancelled);
    }

    [Fact]
    public async Task Race_FirstThatFails_LetsTheSecondBeginAtOnce()
    {
        var first = new Runner();
        var second = new Runner();
        var race = StaggeredRace.RunAsync<Prize>([first.RunAsync, second.RunAsync], clock, CancellationToken.None);

        first.Fail(new IOException("1"));
        await second.Begun.Within();
        var prize = second.Arrive();

        Assert.Same(prize, await race.Within());
    }

    [Fact]
    public async Task Race_BothArrive_TheLaterIsDisposed()
    {
        var first = new Runner(stubborn: true);
        var second = new Runner();
        var race = StaggeredRace.RunAsync<Prize>([first.RunAsync, second.RunAsync], clock, CancellationToken.None);
        await first.Begun.Within();
        clock.Advance(TimeSpan.FromMilliseconds(250));
        await second.Begun.Within();

        var prize = second.Arrive();
        await Deadline.UntilAsync(() => first.IsCancelled);
        var late = first.Arrive();

        Assert.Same(prize, await race.Within());
        Assert.True(late.IsDisposed);
        Assert.False(prize.IsDisposed);
    }

    [Fact]
    public async Task Race_NobodyArrives_FailsAsTheFirstDid()
    {
        var first = new Runner();
        var second = new Runner();
        var race = StaggeredRace.RunAsync<Prize>([first.RunAsync, second.RunAsync], clock, CancellationToken.None);

        first.Fail(new IOException("1"));
        second.Fail(new IOException("2"));

        Assert.Equal("1", (await Assert.ThrowsAsync<IOException>(() => race.Within())).Message);
    }

    [Fact]
    public async Task Race_Cancelled_EndsWithAllItsRunners()
    {
        using var cancel = new CancellationTokenSource();
        var first = new Runner();
        var race = StaggeredRace.RunAsync<Prize>([first.RunAsync, new Runner().RunAsync], clock, cancel.Token);
        await first.Begun.Within();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race.Within());
        Assert.True(first.IsCancelled);
    }

    private sealed class Prize : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    /// <param name="stubborn">Whether it arrives in spite of being cancelled.</param>
    private sealed class Runner(bool stubborn = false)
    {
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Prize> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private CancellationToken token;

        public Task Begun => begun.Task;

        public bool IsCancelled => token.IsCancellationRequested;

        public Task<Prize> RunAsync(CancellationToken cancellationToken)
        {
            token = cancellationToken;
            begun.SetResult();
            return stubborn ? end.Task : end.Task.WaitAsync(cancellationToken);
        }

        public Prize Arrive()
        {
            var prize = new Prize();
            end.SetResult(prize);
            return prize;
        }

        public void Fail(Exception exception) => end.SetException(exception);
    }
}
