namespace Kodama.Client;

/// <summary>When a client that has lost its hub tries again. Without state and safe for any thread: one serves many clients.</summary>
public abstract class ReconnectStrategy
{
    /// <summary>Gives up at once.</summary>
    public static ReconnectStrategy None { get; } = new CustomStrategy(static (_, _) => null);

    /// <summary>What to wait before an attempt.</summary>
    /// <param name="attempt">Number of the attempt that is to come, from 1; begins anew after a connection that lasted 10 s.</param>
    /// <param name="cause">Why the connection ended, or the attempt before failed.</param>
    /// <returns>The delay, zero for none; null to give up.</returns>
    public abstract TimeSpan? Next(int attempt, Exception cause);

    /// <summary>Waits longer and longer: <paramref name="initial"/> x <paramref name="factor"/>^(n-1) before attempt n, at most <paramref
    /// name="max"/>, spread by <paramref name="jitter"/> both ways so that the clients of a hub do not all come back at once.</summary>
    /// <param name="initial">Before the first attempt. Default 1 s.</param>
    /// <param name="max">At most, before the jitter. Default 30 s.</param>
    /// <param name="factor">1 or more.</param>
    /// <param name="jitter">0 for none to 1: 0.2 makes 8 to 12 s of 10 s.</param>
    /// <param name="maxAttempts">How many attempts; null for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static ReconnectStrategy Exponential(
        TimeSpan? initial = null, TimeSpan? max = null, double factor = 2, double jitter = 0.2, int? maxAttempts = null) =>
        new ExponentialStrategy(initial ?? Second, max ?? HalfAMinute, factor, jitter, maxAttempts, Random.Shared.NextDouble);

    /// <summary>Waits <paramref name="initial"/> + <paramref name="increment"/> x (n-1) before attempt n, at most <paramref
    /// name="max"/>.</summary>
    /// <param name="initial">Before the first attempt. Default 1 s.</param>
    /// <param name="increment">What each attempt adds. Default 1 s.</param>
    /// <param name="max">At most. Default 30 s.</param>
    /// <param name="maxAttempts">How many attempts; null for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static ReconnectStrategy Linear(
        TimeSpan? initial = null, TimeSpan? increment = null, TimeSpan? max = null, int? maxAttempts = null) =>
        new LinearStrategy(initial ?? Second, increment ?? Second, max ?? HalfAMinute, maxAttempts);

    /// <summary>Waits the same before every attempt.</summary>
    /// <param name="delay">Default 1 s.</param>
    /// <param name="maxAttempts">How many attempts; null for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static ReconnectStrategy Fixed(TimeSpan? delay = null, int? maxAttempts = null) =>
        new LinearStrategy(delay ?? Second, TimeSpan.Zero, delay ?? Second, maxAttempts);

    /// <summary>Waits what <paramref name="next"/> says; null gives up. What it throws ends the client.</summary>
    public static ReconnectStrategy Custom(Func<int, Exception, TimeSpan?> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new CustomStrategy(next);
    }

    /// <summary>As far as a timer goes.</summary>
    internal static TimeSpan? Bounded(TimeSpan? delay) =>
        delay < TimeSpan.Zero ? TimeSpan.Zero : delay > LongestDelay ? LongestDelay : delay;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(int.MaxValue);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HalfAMinute = TimeSpan.FromSeconds(30);
}
