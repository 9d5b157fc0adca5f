using System.Net.NetworkInformation;

namespace Kodama.Discovery;

/// <summary>
/// Says when to look at the interfaces again: when the system says that something has changed, and every 5 s, as not every system says
/// everything. On Linux .NET hears nothing of IPv6 addresses; listing all interfaces costs much more than to read the file of those every
/// second. Notices by the clocks when the machine has slept.
/// </summary>
internal sealed class InterfaceChanges : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int TicksBetweenLooks = 5;

    // More than a busy machine is late.
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(10);

    private readonly TimeProvider time;
    private readonly Action<bool> changed;
    private readonly Func<string> addresses;
    private readonly ITimer timer;
    private string lastAddresses;
    private int ticks;
    private DateTimeOffset lastTime;
    private long lastTimestamp;

    /// <param name="time">Where the time comes from.</param>
    /// <param name="addresses">Reads what differs once an address has changed.</param>
    /// <param name="changed">Called from any thread, with whether the machine has slept.</param>
    public InterfaceChanges(TimeProvider time, Func<string> addresses, Action<bool> changed)
    {
        (this.time, this.addresses, this.changed) = (time, addresses, changed);
        lastAddresses = addresses();
        (lastTime, lastTimestamp) = (time.GetUtcNow(), time.GetTimestamp());
        NetworkChange.NetworkAddressChanged += OnAddress;
        NetworkChange.NetworkAvailabilityChanged += OnAvailability;
        timer = time.CreateTimer(_ => Tick(), null, Interval, Interval);
    }

    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= OnAddress;
        NetworkChange.NetworkAvailabilityChanged -= OnAvailability;
        timer.Dispose();
    }

    private void OnAddress(object? sender, EventArgs e) => changed(false);

    private void OnAvailability(object? sender, NetworkAvailabilityEventArgs e) => changed(false);

    // Asleep, the clock of timestamps stands still on some systems and goes on on others; that of the day always goes on.
    private void Tick()
    {
        var (day, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
        var slept = (day - lastTime).Duration() > Interval + Sleep || time.GetElapsedTime(lastTimestamp, timestamp) > Interval + Sleep;
        (lastTime, lastTimestamp) = (day, timestamp);
        var now = addresses();
        if (!slept && now == lastAddresses && ++ticks % TicksBetweenLooks != 0) return;
        lastAddresses = now;
        changed(slept);
    }
}
