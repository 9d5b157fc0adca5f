namespace Kodama.Client.Tests;

/// <summary>The system's clock, which knows how many of its timers somebody still has.</summary>
internal sealed class CountingClock : TimeProvider
{
    private int timers;

    public int Timers => Volatile.Read(ref timers);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref timers);
        return new CountedTimer(this, System.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class CountedTimer(CountingClock clock, ITimer inner) : ITimer
    {
        private bool disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref disposed, true)) Interlocked.Decrement(ref clock.timers);
            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
