using Kodama.Client.Connecting;
using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

public sealed class RedialTests
{
    private readonly FakeClock clock = new();
    private readonly List<Dial> dials = [];

    [Fact]
    public async Task Dial_ThatHangs_IsMadeAgainBesideItselfAfterAMoment()
    {
        var race = RunAsync();
        clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Single(dials);

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Deadline.UntilAsync(() => dials.Count == 2);
        var connection = dials[1].Arrive();

        Assert.Same(connection, await race.Within());
        Assert.True(dials[0].IsCancelled);
        Assert.False(connection.IsDisposed);
        Assert.Equal(0, clock.TimerCount);
    }

    [Fact]
    public async Task Dial_ThatGoesOnHanging_HasOneBesideItAtATimeEverySecondAtLast()
    {
        var race = RunAsync();

        foreach (var pause in (double[])[250, 500, 1000, 1000, 1000])
        {
            await Deadline.UntilAsync(() => clock.TimerCount == 1);
            var before = dials.Count;
            clock.Advance(TimeSpan.FromMilliseconds(pause - 1));
            Assert.Equal(before, dials.Count);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await Deadline.UntilAsync(() => dials.Count == before + 1);
        }

        Assert.Equal([false, true, true, true, true, false], dials.Select(d => d.IsCancelled));
        var connection = dials[0].Arrive();
        Assert.Same(connection, await race.Within());
        Assert.True(dials[^1].IsCancelled);
    }

    [Fact]
    public async Task Dial_BesideOneThatArrivesAsWell_IsDisposed()
    {
        var race = RunAsync();
        clock.Advance(TimeSpan.FromMilliseconds(250));
        await Deadline.UntilAsync(() => dials.Count == 2);
        dials[1].IgnoresCancellation = true;

        Connection[] both = [dials[0].Arrive(), dials[1].Arrive()];

        var connection = await race.Within();
        Assert.False(connection.IsDisposed);
        Assert.True(both.Single(c => c != connection).IsDisposed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Dial_WhereNobodyListens_FailsByWhicheverIsTold(int which)
    {
        var race = RunAsync();
        clock.Advance(TimeSpan.FromMilliseconds(250));
        await Deadline.UntilAsync(() => dials.Count == 2);

        dials[which].Fail(new IOException("refused"));

        Assert.Equal("refused", (await Assert.ThrowsAsync<IOException>(() => race.Within())).Message);
        Assert.True(dials[1 - which].IsCancelled);
    }

    [Fact]
    public async Task Dial_Cancelled_EndsAll()
    {
        using var cancel = new CancellationTokenSource();
        var race = Redial.RunAsync(DialAsync, clock, cancel.Token);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        await Deadline.UntilAsync(() => dials.Count == 2);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race.Within());
        Assert.All(dials, d => Assert.True(d.IsCancelled));
        Assert.Equal(0, clock.TimerCount);
    }

    [Fact]
    public async Task Dial_CancelledWhenOneHasArrived_LeavesNoConnection()
    {
        using var cancel = new CancellationTokenSource();
        var race = Redial.RunAsync(DialAsync, clock, cancel.Token);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        await Deadline.UntilAsync(() => dials.Count == 2);
        // The race waits for it, although the other has arrived.
        dials[1].IgnoresCancellation = true;

        var first = dials[0].Arrive();
        await cancel.CancelAsync();
        var second = dials[1].Arrive();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race.Within());
        Assert.True(first.IsDisposed);
        Assert.True(second.IsDisposed);
    }

    private Task<Connection> RunAsync() => Redial.RunAsync(DialAsync, clock, CancellationToken.None);

    private Task<Connection> DialAsync(CancellationToken cancellationToken)
    {
        var dial = new Dial(cancellationToken);
        dials.Add(dial);
        return dial.Task;
    }

    private sealed class Connection : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Dial : TaskCompletionSource<Connection>
    {
        public Dial(CancellationToken cancellationToken)
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
            cancellationToken.Register(() =>
            {
                if (!IgnoresCancellation) TrySetCanceled(cancellationToken);
            });
        }

        public bool IgnoresCancellation { get; set; }

        public bool IsCancelled => Task.IsCanceled;

        public Connection Arrive()
        {
            var connection = new Connection();
            SetResult(connection);
            return connection;
        }

        public void Fail(Exception why) => SetException(why);
    }
}
