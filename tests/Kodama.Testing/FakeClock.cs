namespace Kodama.Testing;

/// <summary>A <see cref="TimeProvider"/> whose time stands still until <see cref="Advance"/>; due timers run inside that call, in order of
/// time.</summary>
public sealed class FakeClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<FakeTimer> timers = [];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The part of its wait by which a timer fires too early, as those of machines do by less than a millisecond.</summary>
    public double Haste { get; init; }

    /// <summary>Timers that will fire.</summary>
    public int TimerCount
    {
        get
        {
            lock (gate) return timers.Count;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        DateTimeOffset end;
        lock (gate) end = now + by;
        while (NextDue(end) is { } timer) timer.Fire();
        lock (gate) now = end;
    }

    /// <summary>Lets seconds pass until it holds: each wakes whoever waits for one, and has come back to wait by then or not.</summary>
    public Task AdvanceUntilAsync(Func<bool> holds) => Deadline.UntilAsync(() =>
    {
        Advance(TimeSpan.FromSeconds(1));
        return holds();
    });

    private FakeTimer? NextDue(DateTimeOffset end)
    {
        lock (gate)
        {
            var next = timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            if (next is not null && next.Due > now) now = next.Due;
            return next;
        }
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (clock.gate)
            {
                period = newPeriod;
                clock.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock.now + (dueTime * (1 - clock.Haste));
                clock.timers.Add(this);
                return true;
            }
        }

        public void Fire()
        {
            Change(period <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : period, period);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
