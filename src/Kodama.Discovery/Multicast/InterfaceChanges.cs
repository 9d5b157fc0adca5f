using System.Net.NetworkInformation;

namespace Kodama.Discovery;

/// <summary>
/// Says when to look at the interfaces again: when the system says that something has changed, and every second, as not every system says
/// everything. Notices by the clocks when the machine has slept.
/// </summary>
internal sealed class InterfaceChanges : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // More than a busy machine is late.
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(10);

    private readonly TimeProvider time;
    private readonly Action<bool> changed;
    private readonly ITimer timer;
    private DateTimeOffset lastTime;
    private long lastTimestamp;

    /// <param name="time">Where the time comes from.</param>
    /// <param name="changed">Called from any thread, with whether the machine has slept.</param>
    public InterfaceChanges(TimeProvider time, Action<bool> changed)
    {
        this.time = time;
        this.changed = changed;
        (lastTime, lastTimestamp) = (time.GetUtcNow(), time.GetTimestamp());
        NetworkChange.NetworkAddressChanged += OnChange;
        timer = time.CreateTimer(_ => Tick(), null, Interval, Interval);
    }

    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= OnChange;
        timer.Dispose();
    }

    private void OnChange(object? sender, EventArgs e) => changed(false);

    // Asleep, the clock of timestamps stands still on some systems and goes on on others; that of the day always goes on.
    private void Tick()
    {
        var (day, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
        var slept = (day - lastTime).Duration() > Interval + Sleep || time.GetElapsedTime(lastTimestamp, timestamp) > Interval + Sleep;
        (lastTime, lastTimestamp) = (day, timestamp);
        changed(slept);
    }
}
