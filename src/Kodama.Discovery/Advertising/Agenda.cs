namespace Kodama.Discovery;

/// <summary>What is to be done later, in order of time, by one timer. Not thread-safe: its owner's lock covers all but the timer's own
/// call.</summary>
internal sealed class Agenda : IDisposable
{
    private readonly PriorityQueue<Appointment, (TimeSpan Due, long Number)> appointments = new();
    private readonly TimeProvider time;
    private readonly long start;
    private readonly ITimer timer;
    private long number;

    /// <param name="time">Where the time comes from.</param>
    /// <param name="due">Called by the timer: takes the owner's lock and calls <see cref="RunDue"/>.</param>
    public Agenda(TimeProvider time, Action due)
    {
        this.time = time;
        start = time.GetTimestamp();
        timer = time.CreateTimer(_ => due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeSpan Now => time.GetElapsedTime(start);

    public Appointment In(TimeSpan delay, Action action) => At(Now + delay, action);

    public Appointment At(TimeSpan due, Action action)
    {
        var appointment = new Appointment(action);
        appointments.Enqueue(appointment, (due, number++));
        SetTimer();
        return appointment;
    }

    public void RunDue()
    {
        while (appointments.TryPeek(out var next, out var at) && (next.IsCancelled || at.Due <= Now)) appointments.Dequeue().Run();
        SetTimer();
    }

    public void Dispose() => timer.Dispose();

    // Timers count whole milliseconds; one too early would only be set again.
    private void SetTimer()
    {
        if (!appointments.TryPeek(out _, out var at)) return;
        var wait = at.Due - Now;
        timer.Change(
            wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)),
            Timeout.InfiniteTimeSpan);
    }

    internal sealed class Appointment(Action action)
    {
        public bool IsCancelled { get; private set; }

        public void Cancel() => IsCancelled = true;

        public void Run()
        {
            if (!IsCancelled) action();
        }
    }
}
